package dev.webhooks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import java.util.List;

/**
 * Keeps the floors of the library: a package may use those below it, never above, and nothing goes
 * round in circles.
 */
@AnalyzeClasses(packages = "dev.webhooks", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule FLOORS = layeredArchitecture()
      .consideringOnlyDependenciesInLayers()
      .layer("management")
      .definedBy("dev.webhooks.management..")
      .layer("metrics")
      .definedBy("dev.webhooks.micrometer..")
      .layer("face")
      .definedBy("dev.webhooks")
      .layer("work")
      .definedBy(
          "dev.webhooks.registry..",
          "dev.webhooks.internal.registry..",
          "dev.webhooks.internal.engine..")
      .layer("parts")
      .definedBy(
          "dev.webhooks.validation..",
          "dev.webhooks.signing..",
          "dev.webhooks.idempotency..",
          "dev.webhooks.internal.json..",
          "dev.webhooks.spi..",
          "dev.webhooks.internal.validation..",
          "dev.webhooks.internal.idempotency..",
          "dev.webhooks.internal.time..")
      .layer("values")
      .definedBy("dev.webhooks.model..")
      .whereLayer("management")
      .mayNotBeAccessedByAnyLayer()
      .whereLayer("metrics")
      .mayNotBeAccessedByAnyLayer()
      .whereLayer("face")
      .mayOnlyBeAccessedByLayers("management", "metrics")
      .whereLayer("work")
      .mayOnlyBeAccessedByLayers("face", "metrics")
      .whereLayer("parts")
      .mayOnlyBeAccessedByLayers("management", "metrics", "face", "work")
      .whereLayer("values")
      .mayOnlyBeAccessedByLayers("management", "metrics", "face", "work", "parts");

  /** The rooms of the engine, from the top to the bottom. */
  private static final List<String> ROOMS =
      List.of("", ".upkeep", ".publish", ".ownership", ".send", ".endpoint", ".base");

  @ArchTest
  static final ArchRule ROOMS_OF_THE_ENGINE = roomsOfTheEngine();

  private static ArchRule roomsOfTheEngine() {
    Architectures.LayeredArchitecture rooms =
        layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String room : ROOMS) {
      rooms = rooms.layer("engine" + room).definedBy("dev.webhooks.internal.engine" + room);
    }
    for (int i = 1; i < ROOMS.size(); i++) {
      String[] above =
          ROOMS.subList(0, i).stream().map(room -> "engine" + room).toArray(String[]::new);
      rooms = rooms.whereLayer("engine" + ROOMS.get(i)).mayOnlyBeAccessedByLayers(above);
    }
    return rooms.whereLayer("engine").mayNotBeAccessedByAnyLayer();
  }

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.webhooks.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule CORE_NEVER_SEES_DATABASES_OR_HTTP_CLIENTS = noClasses()
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("java.sql..", "javax.sql..", "okhttp3..", "okio..", "java.net.http..");

  @ArchTest
  static final ArchRule MICROMETER_IS_OPTIONAL = noClasses()
      .that(not(resideInAnyPackage("dev.webhooks.micrometer..")))
      .should()
      .dependOnClassesThat()
      .resideInAPackage("io.micrometer..");

  @ArchTest
  static final ArchRule NO_JACKSON_IN_PUBLIC_SIGNATURES = methods()
      .that()
      .arePublic()
      .and()
      .areDeclaredInClassesThat()
      .arePublic()
      .and()
      .areDeclaredInClassesThat()
      .resideOutsideOfPackage("dev.webhooks.internal..")
      .should(notMention("com\\.fasterxml\\..*"));

  @ArchTest
  static final ArchRule NO_INTERNALS_IN_EXPORTED_SIGNATURES = methods()
      .that()
      .arePublic()
      .and()
      .areDeclaredInClassesThat()
      .arePublic()
      .and()
      .areDeclaredInClassesThat()
      .resideOutsideOfPackage("dev.webhooks.internal..")
      .should(notMention("dev\\.webhooks\\.internal\\..*"));

  private static ArchCondition<JavaMethod> notMention(String pattern) {
    return new ArchCondition<>("not mention " + pattern) {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        for (JavaClass mentioned : method.getAllInvolvedRawTypes()) {
          if (nameMatching(pattern).test(mentioned)) {
            events.add(SimpleConditionEvent.violated(
                method, method.getFullName() + " mentions " + mentioned.getName()));
          }
        }
      }
    };
  }
}
