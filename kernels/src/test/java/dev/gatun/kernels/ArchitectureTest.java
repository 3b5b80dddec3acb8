package dev.gatun.kernels;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which way the arrows point inside this module. */
class ArchitectureTest {
    private static final String ROOT = "dev.gatun.kernels";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** But for one arrow: what launches kernels knows the device they run on. */
    @Test
    void backendsNeverSeeEachOther() {
        slices().matching(ROOT + ".(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(resideInAPackage(ROOT + ".gpu.."), resideInAPackage(ROOT + ".device.."))
                .check(CLASSES);
    }

    @Test
    void theRootKnowsNoBackend() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .onlyDependOnClassesThat(inPackages("the root and the platform", ROOT, "java.", "org.jspecify."))
                .check(CLASSES);
    }

    @Test
    void nothingOfThirdPartiesIsUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat(inPackages(
                        "Gatun and the platform", "dev.gatun.", "java.", "jdk.incubator.vector", "org.jspecify."))
                .check(CLASSES);
    }

    @Test
    void onlyTheVectorTierNamesTheVectorModule() {
        classes()
                .that()
                .haveNameNotMatching(".*\\.Vector\\w*")
                .should()
                .onlyDependOnClassesThat(new DescribedPredicate<JavaClass>("outside the vector module") {
                    @Override
                    public boolean test(JavaClass type) {
                        return !type.getPackageName().startsWith("jdk.incubator");
                    }
                })
                .check(CLASSES);
    }

    /** Packages by exact name, or by prefix where the name ends in a dot. */
    private static DescribedPredicate<JavaClass> inPackages(String description, String... names) {
        return new DescribedPredicate<>("in " + description) {
            @Override
            public boolean test(JavaClass type) {
                String name = type.getBaseComponentType().getPackageName();
                if (name.isEmpty()) {
                    return true; // primitive types
                }
                for (String allowed : names) {
                    if (allowed.endsWith(".") ? name.startsWith(allowed) : name.equals(allowed)) {
                        return true;
                    }
                }
                return false;
            }
        };
    }
}
