package dev.gatun.sampler;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the sampler may know. */
@AnalyzeClasses(packages = "dev.gatun.sampler", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule there_is_no_dependency = noClasses()
            .should()
            .dependOnClassesThat(resideOutsideOfPackages(
                    "dev.gatun.sampler..", "java..", "jdk.incubator.vector..", "org.jspecify.annotations.."));

    @ArchTest
    static final ArchRule the_root_knows_no_child = noClasses()
            .that()
            .resideInAPackage("dev.gatun.sampler")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatun.sampler.*..");

    @ArchTest
    static final ArchRule only_one_class_names_the_vector_module = noClasses()
            .that()
            .haveSimpleNameNotStartingWith("Vector")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchRule exceptions_are_unchecked =
            classes().that().areAssignableTo(Exception.class).should().beAssignableTo(RuntimeException.class);
}
