package dev.gatun.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages of the server. */
@AnalyzeClasses(packages = "dev.gatun.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule the_root_but_its_entrance_knows_none_of_its_children = noClasses()
            .that()
            .resideInAPackage("dev.gatun.server")
            .and()
            .doNotHaveFullyQualifiedName(GatunServer.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatun.server.*..");

    @ArchTest
    static final ArchRule only_http_knows_sockets = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gatun.server.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule http_knows_no_model = noClasses()
            .that()
            .resideInAPackage("dev.gatun.server.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gatun.server.openai..", "dev.gatun.runtime.engine..", "dev.gatun.sampler..");

    @ArchTest
    static final ArchRule only_json_reads_json = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gatun.server.json..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");
}
