package dev.gatun.ptx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String ROOT = "dev.gatun.ptx";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private void forbid(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(classes);
    }

    @Test
    void theRootKnowsNoneOfItsChildren() {
        forbid(ROOT, ROOT + ".*");
    }

    @Test
    void everyChildKnowsOnlyThoseBeforeIt() {
        forbid(ROOT + ".num", ROOT + ".syntax", ROOT + ".verify", ROOT + ".exec", ROOT + ".check", ROOT + ".count");
        forbid(ROOT + ".syntax", ROOT + ".num", ROOT + ".verify", ROOT + ".exec", ROOT + ".check", ROOT + ".count");
        forbid(ROOT + ".verify", ROOT + ".num", ROOT + ".exec", ROOT + ".check", ROOT + ".count");
        forbid(ROOT + ".exec", ROOT + ".check", ROOT + ".count");
        forbid(ROOT + ".check", ROOT + ".count");
        forbid(ROOT + ".count", ROOT + ".check");
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void nothingButTheJdkIsNeeded() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(ROOT + "..", "java..", "org.jspecify..")
                .check(classes);
    }
}
