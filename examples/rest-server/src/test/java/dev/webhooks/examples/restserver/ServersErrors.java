package dev.webhooks.examples.restserver;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Prints what the servers wrote when a test fails: of most builds only the output is kept. */
final class ServersErrors implements AfterTestExecutionCallback {
  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.out.println("What the servers wrote until " + context.getDisplayName() + " failed:");
      RestServerProcess.printErrors(System.out);
    }
  }
}
