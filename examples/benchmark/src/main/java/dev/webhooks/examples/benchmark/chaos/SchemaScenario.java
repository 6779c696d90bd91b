package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;

/** Several instances start at the same moment on an empty database. */
record SchemaScenario() implements Scenario {
  private static final int ORDERS_EACH = 20;

  @Override
  public String name() {
    return "schema";
  }

  @Override
  public int usualSize() {
    return 8;
  }

  @Override
  public String unit() {
    return "instances";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    String[] names = new String[size];
    for (int number = 0; number < size; number++) {
      names[number] = "i" + number;
    }
    long began = System.nanoTime();
    int started = stage.start(names).size();
    stage.report().fact("start_seconds", (System.nanoTime() - began) / 1e9);
    stage.report().exactly("started", size, started);
    stage
        .report()
        .exactly("registered", size, stage.count("select count(*) from webhooks_instance"));
    stage
        .report()
        .exactly(
            "schemas", 1, stage.count("select count(*) from webhooks_schema where version = 1"));

    stage.subscribeTheUsual();
    stage.cluster().tellAll("publish " + ORDERS_EACH);
    stage.drain(Duration.ofMinutes(1));
    Findings findings = new Checker(stage).check();
    findings.reportPromises(stage.report());
    stage.report().exactly("duplicates", 0, findings.duplicates());
    stage.report().exactly("warnings_and_errors", 0, findings.log().troubles().size());
  }
}
