package dev.webhooks.examples.quickstart;

/** Shows the library at work. */
public final class Quickstart {
  private Quickstart() {}

  public static void main(String[] args) {
    System.out.println("Hello from the quickstart");
  }
}
