package dev.gatun.runtime.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RealTemplatesTest {

    @Test
    void rendersEveryRealTemplateAsPythonDoes() {
        List<String> wrong = new ArrayList<>();
        for (Map<String, Object> example : RealTemplates.cases()) {
            String difference = difference(example);
            if (!difference.isEmpty()) {
                wrong.add(example.get("name") + " " + example.get("case") + ": " + difference);
            }
        }
        assertEquals(List.of(), wrong, wrong.size() + " cases differ");
    }

    private static String difference(Map<String, Object> example) {
        String expected = (String) example.get("expected");
        try {
            Rendered rendered = ChatTemplate.parse(String.valueOf(example.get("template")), RealTemplates.NOON)
                    .render(RealTemplates.map(example.get("vars")));
            if (expected == null) {
                return "no error, Python says " + example.get("error");
            }
            int at = mismatch(expected, rendered.text());
            return at < 0
                    ? ""
                    : "at " + at + " expected <" + window(expected, at) + "> but was <" + window(rendered.text(), at)
                            + ">";
        } catch (TemplateException e) {
            return expected == null ? "" : String.valueOf(e.getMessage());
        }
    }

    private static int mismatch(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            if (left.charAt(i) != right.charAt(i)) {
                return i;
            }
        }
        return left.length() == right.length() ? -1 : common;
    }

    private static String window(String text, int at) {
        return text.substring(Math.max(0, at - 30), Math.min(text.length(), at + 30));
    }
}
