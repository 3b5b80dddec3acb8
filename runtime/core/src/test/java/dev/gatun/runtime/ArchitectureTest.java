package dev.gatun.runtime;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of the library. */
@AnalyzeClasses(packages = "dev.gatun.runtime", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule the_root_knows_none_of_its_children = noClasses()
            .that()
            .resideInAPackage("dev.gatun.runtime")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatun.runtime.*..");

    @ArchTest
    static final ArchRule each_package_knows_only_what_lies_below_it = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("gguf")
            .definedBy("dev.gatun.runtime.gguf..")
            .layer("token")
            .definedBy("dev.gatun.runtime.token..")
            .layer("template")
            .definedBy("dev.gatun.runtime.template..")
            .layer("model")
            .definedBy("dev.gatun.runtime.model..")
            .layer("cache")
            .definedBy("dev.gatun.runtime.cache..")
            .layer("engine")
            .definedBy("dev.gatun.runtime.engine..")
            .whereLayer("engine")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("template")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("token")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("cache")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("gguf")
            .mayOnlyBeAccessedByLayers("token", "model", "engine");

    @ArchTest
    static final ArchRule only_the_engine_sees_the_sampler_and_the_backends = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gatun.runtime.engine..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "dev.gatun.sampler..",
                    "dev.gatun.kernels.cpu..",
                    "dev.gatun.kernels.device..",
                    "dev.gatun.kernels.gpu..",
                    "dev.gatun.kernels.reference..",
                    "dev.gatun.cuda.."));

    @ArchTest
    static final ArchRule there_is_no_third_party_dependency = noClasses()
            .should()
            .dependOnClassesThat(resideOutsideOfPackages(
                    "dev.gatun..", "java..", "jdk..", "com.sun.management..", "org.jspecify.annotations.."));

    @ArchTest
    static final ArchRule exceptions_are_unchecked =
            classes().that().areAssignableTo(Exception.class).should().beAssignableTo(RuntimeException.class);
}
