package io.viewstream.local;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The drawing of the architecture, in code. A new arrow is a change of the design. */
@AnalyzeClasses(packages = "io.viewstream", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] KAFKA = {
    "org.apache.kafka..", "io.confluent..", "io.viewstream.kafka..", "io.viewstream.schemas.."
  };

  private static final String NDARRAY = "ai.djl.ndarray.NDArray";

  /** Such a number's memory may be freed before the gradients that need it; see Scalar. */
  @ArchTest
  static final ArchRule recordedArithmeticKeepsItsNumbers =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.viewstream.trainer.ssl",
              "io.viewstream.trainer.ssl.loss",
              "io.viewstream.trainer.ssl.network")
          .should()
          .callMethod(NDARRAY, "div", "java.lang.Number")
          .orShould()
          .callMethod(NDARRAY, "mul", "java.lang.Number")
          .orShould()
          .callMethod(NDARRAY, "pow", "java.lang.Number");

  @ArchTest static final ArchRule schemasKnowNothingOfUs = onlyUses("io.viewstream.schemas..");

  @ArchTest
  static final ArchRule sharedKafkaCodeKnowsTheSchemasAlone =
      onlyUses("io.viewstream.kafka..", "io.viewstream.schemas..");

  @ArchTest static final ArchRule onnxFilesStandAlone = onlyUses("io.viewstream.onnx..");

  @ArchTest
  static final ArchRule tensorRtKnowsOnnxFilesAlone =
      onlyUses("io.viewstream.tensorrt..", "io.viewstream.onnx..");

  @ArchTest static final ArchRule imagingStandsAlone = onlyUses("io.viewstream.imaging..");

  @ArchTest
  static final ArchRule generatorsKnowImagesAndOnnxFilesAlone =
      onlyUses("io.viewstream.generators..", "io.viewstream.imaging..", "io.viewstream.onnx..");

  @ArchTest
  static final ArchRule producerKnowsNoOtherService =
      onlyUses(
          "io.viewstream.producer..",
          "io.viewstream.kafka..",
          "io.viewstream.schemas..",
          "io.viewstream.imaging..");

  @ArchTest
  static final ArchRule generationStageKnowsNoOtherService =
      onlyUses(
          "io.viewstream.augment..",
          "io.viewstream.generators..",
          "io.viewstream.kafka..",
          "io.viewstream.schemas..",
          "io.viewstream.imaging..");

  @ArchTest
  static final ArchRule trainerKnowsNoOtherService =
      onlyUses(
          "io.viewstream.trainer..",
          "io.viewstream.kafka..",
          "io.viewstream.schemas..",
          "io.viewstream.imaging..");

  @ArchTest
  static final ArchRule embeddedServersKnowNoService =
      onlyUses("io.viewstream.embedded..", "io.viewstream.kafka..", "io.viewstream.schemas..");

  @ArchTest
  static final ArchRule imagesAndGeneratorsKnowNothingOfKafka =
      noClasses()
          .that()
          .resideInAnyPackage("io.viewstream.imaging..", "io.viewstream.generators..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(KAFKA);

  @ArchTest
  static final ArchRule methodsKnowNothingOfKafkaOrFiles =
      noClasses()
          .that()
          .resideInAPackage("io.viewstream.trainer.ssl..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(KAFKA)
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.nio.file..",
              "io.viewstream.trainer.feed..",
              "io.viewstream.trainer.train..",
              "io.viewstream.trainer.evaluate..");

  @ArchTest
  static final ArchRule internalPackagesStayInternal =
      classes().should(onlyReachInternalPackagesOfTheirOwnParent());

  @ArchTest
  static final ArchRule modulesFormNoCycle =
      slices().matching("io.viewstream.(*)..").should().beFreeOfCycles();

  private static ArchRule onlyUses(String module, String... others) {
    String[] allowed = java.util.Arrays.copyOf(others, others.length + 1);
    allowed[others.length] = module;
    return classes()
        .that()
        .resideInAPackage(module)
        .should(
            onlyDependOnClassesThat(
                describe(
                    "are ours only where they belong to " + String.join(", ", allowed),
                    (JavaClass target) ->
                        !target.getPackageName().startsWith("io.viewstream")
                            || resideInAnyPackage(allowed).test(target))));
  }

  private static ArchCondition<JavaClass> onlyReachInternalPackagesOfTheirOwnParent() {
    return new ArchCondition<>("reach into no other package's internal") {
      @Override
      public void check(JavaClass origin, ConditionEvents events) {
        origin
            .getDirectDependenciesFromSelf()
            .forEach(
                dependency -> {
                  String target = dependency.getTargetClass().getPackageName();
                  int internal = (target + ".").indexOf(".internal.");
                  if (target.startsWith("io.viewstream")
                      && internal >= 0
                      && !origin.getPackageName().startsWith(target.substring(0, internal))) {
                    events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
                  }
                });
      }
    };
  }
}
