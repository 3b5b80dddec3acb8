package dev.gatun.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of the command line. */
@AnalyzeClasses(packages = "dev.gatun.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule the_root_but_main_knows_none_of_its_children = noClasses()
            .that()
            .resideInAPackage("dev.gatun.cli")
            .and()
            .doNotHaveFullyQualifiedName(Main.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatun.cli.*..");

    @ArchTest
    static final ArchRule pull_knows_no_model_and_no_command = noClasses()
            .that()
            .resideInAPackage("dev.gatun.cli.pull..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.gatun.cli.command..", "dev.gatun.cli.eval..", "dev.gatun.runtime..", "dev.gatun.kernels..");

    @ArchTest
    static final ArchRule eval_knows_no_command_and_no_terminal = noClasses()
            .that()
            .resideInAPackage("dev.gatun.cli.eval..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.gatun.cli", "dev.gatun.cli.command..", "dev.gatun.cli.pull..", "picocli..", "org.jline..");

    @ArchTest
    static final ArchRule only_the_console_has_the_standard_streams = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Console.class.getName())
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .accessField(System.class, "in");
}
