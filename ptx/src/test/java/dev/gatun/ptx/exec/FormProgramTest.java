package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.verify.Form;
import dev.gatun.ptx.verify.Forms;
import dev.gatun.ptx.verify.ModifierSlot;
import dev.gatun.ptx.verify.OperandSlot;
import dev.gatun.ptx.verify.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the table of forms, with every choice it offers, is executed by a program whose result is known. */
class FormProgramTest {
    /** Notes what is executed of the instructions a program is about. */
    private static final class Recorder extends Watcher {
        private final FormProgram program;
        private final Map<Form, Set<String>> executed;

        Recorder(FormProgram program, Map<Form, Set<String>> executed) {
            this.program = program;
            this.executed = executed;
        }

        @Override
        public void step(Warp warp, Step step, int mask) {
            Operation operation = step.operation();
            Form form = operation == null ? null : operation.form();
            if (mask == 0 || operation == null || form == null) {
                return;
            }
            List<String> words = operation.syntax().modifiers();
            if (!program.isAbout(words.isEmpty() ? form.opcode() : form.opcode() + "." + String.join(".", words))) {
                return;
            }
            Set<String> choices = executed.computeIfAbsent(form, key -> new HashSet<>());
            operation.selection().words().forEach((slot, word) -> choices.add(slot + " " + word));
            operation.slots().forEach(slot -> choices.add(slot.text()));
        }
    }

    static List<FormProgram> programs() throws IOException {
        return FormPrograms.all();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void givesTheResultOfTheIsa(FormProgram program) {
        program.check(LaunchOptions.DEFAULT);
    }

    @Test
    void reachesEveryRowWithEveryChoice() throws IOException {
        Map<Form, Set<String>> executed = new HashMap<>();
        for (FormProgram program : FormPrograms.all()) {
            program.check(LaunchOptions.DEFAULT.withWatcher(new Recorder(program, executed)));
        }
        List<String> missing = new ArrayList<>();
        Forms.groups()
                .values()
                .forEach(forms -> forms.forEach(form -> {
                    Set<String> choices = executed.get(form);
                    if (choices == null) {
                        missing.add("no program executes " + form.pattern() + " with operands " + operands(form));
                    } else {
                        missing(form, choices)
                                .forEach(choice -> missing.add("nothing chooses " + choice + " of " + form.pattern()));
                    }
                }));
        assertEquals("", String.join("\n", missing));
    }

    private static List<String> operands(Form form) {
        return form.operands().stream().map(OperandSlot::text).toList();
    }

    /** The words of the slots and the optional operands that no program has. */
    private static List<String> missing(Form form, Set<String> choices) {
        List<String> missing = new ArrayList<>();
        for (ModifierSlot slot : form.modifiers()) {
            for (String word : slot.choices()) {
                if (!choices.contains(slot.name() + " " + word)) {
                    missing.add(word);
                }
            }
        }
        for (OperandSlot slot : form.operands()) {
            if (!choices.contains(slot.text())) {
                missing.add("operand " + slot.text());
            }
        }
        return missing;
    }
}
