package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a whole PTX file. */
final class Parser {
    private static final Set<String> FLAGS = Set.of("noreturn", "explicitcluster", "blocksareclusters", "unique");
    private static final Set<String> NUMBERS = Set.of(
            "maxntid",
            "reqntid",
            "minnctapersm",
            "maxnctapersm",
            "maxnreg",
            "reqnctapercluster",
            "maxclusterrank",
            "abi_preserve",
            "abi_preserve_control");

    private final Cursor cursor;
    private final DeclarationParser declarations;
    private final List<Variable> variables = new ArrayList<>();
    private final List<Function> functions = new ArrayList<>();
    private final Map<Integer, String> files = new HashMap<>();

    Parser(String text) {
        this.cursor = new Cursor(text);
        this.declarations = new DeclarationParser(cursor);
    }

    ModuleSyntax module() {
        int version = version();
        List<String> targets = targets(version);
        int addressSize = 64;
        if (cursor.acceptDot("address_size")) {
            Position position = cursor.position();
            addressSize = cursor.integer("32 or 64");
            if (addressSize != 64) {
                throw new PtxSyntaxException(position, ".address_size " + addressSize + " is not supported; use 64");
            }
        }
        while (cursor.peek().kind() != Token.Kind.END) {
            declaration();
        }
        return new ModuleSyntax(
                version, targets, addressSize, List.copyOf(variables), List.copyOf(functions), Map.copyOf(files));
    }

    private int version() {
        if (!cursor.acceptDot("version")) {
            throw cursor.error(
                    "a PTX file begins with .version, not with " + cursor.peek().describe());
        }
        Token number = cursor.next();
        if (!number.text().matches("\\d+\\.\\d")) {
            throw new PtxSyntaxException(number.position(), ".version " + number.text() + " is not of the form 7.4");
        }
        int version = Integer.parseInt(number.text().replace(".", ""));
        if (version < 60 || version > 99) {
            throw new PtxSyntaxException(
                    number.position(), ".version " + number.text() + " is out of range; 6.0 to 9.9 are read");
        }
        return version;
    }

    private List<String> targets(int version) {
        if (!cursor.acceptDot("target")) {
            throw cursor.error(
                    ".target must follow .version, not " + cursor.peek().describe());
        }
        List<String> targets = new ArrayList<>();
        do {
            Position position = cursor.position();
            String target = cursor.word("a target such as sm_80");
            Targets.check(target, version, position);
            targets.add(target);
        } while (cursor.accept(","));
        return List.copyOf(targets);
    }

    private void declaration() {
        if (cursor.acceptDot("file")) {
            file();
        } else if (cursor.acceptDot("section")) {
            section();
        } else if (cursor.acceptDot("pragma")) {
            cursor.string();
            cursor.expect(";");
        } else if (cursor.acceptDot("loc")) {
            cursor.integer("a file index");
            cursor.integer("a line");
            cursor.integer("a column");
        } else {
            linked(linkage());
        }
    }

    private Linkage linkage() {
        for (Linkage linkage : Linkage.values()) {
            if (linkage != Linkage.NONE && cursor.acceptDot(linkage.name().toLowerCase(java.util.Locale.ROOT))) {
                return linkage;
            }
        }
        return Linkage.NONE;
    }

    private void linked(Linkage linkage) {
        if (cursor.atDot("entry") || cursor.atDot("func")) {
            functions.add(function(linkage));
        } else if (declarations.begins()) {
            Position position = cursor.position();
            List<Variable> declared = declarations.statement(linkage);
            String space = declared.get(0).space().word();
            if (space.equals("reg") || space.equals("param") || space.equals("local")) {
                throw new PtxSyntaxException(position, "." + space + " is not allowed outside a function");
            }
            variables.addAll(declared);
        } else {
            throw cursor.error("unexpected " + cursor.peek().describe() + " outside a function");
        }
    }

    private void file() {
        int index = cursor.integer("a file index");
        files.put(index, cursor.string());
        while (cursor.accept(",")) {
            cursor.integer("a time stamp or size");
        }
    }

    /** Debug sections are skipped. */
    private void section() {
        while (!cursor.accept("{")) {
            endless("{");
        }
        while (!cursor.accept("}")) {
            endless("}");
        }
    }

    private void endless(String expected) {
        if (cursor.next().kind() == Token.Kind.END) {
            throw cursor.error("expected '" + expected + "' but found the end of the text");
        }
    }

    private Function function(Linkage linkage) {
        boolean entry = cursor.next().text().equals("entry");
        Map<String, List<Integer>> attributes = new LinkedHashMap<>();
        if (cursor.acceptDot("attribute")) {
            while (!cursor.accept(")")) {
                endless(")");
            }
        }
        List<Variable> results = !entry && cursor.at("(") ? parameters() : List.of();
        Position position = cursor.position();
        String name = cursor.word("the name of a function");
        List<Variable> parameters = cursor.at("(") ? parameters() : List.of();
        List<Statement> body = attributes(attributes);
        return new Function(position, entry, linkage, name, results, parameters, attributes, body);
    }

    private List<Variable> parameters() {
        List<Variable> parameters = new ArrayList<>();
        cursor.expect("(");
        if (!cursor.accept(")")) {
            do {
                parameters.add(declarations.parameter());
            } while (cursor.accept(","));
            cursor.expect(")");
        }
        return List.copyOf(parameters);
    }

    /** Reads performance directives and then the body, or null if only a declaration was written. */
    private @Nullable List<Statement> attributes(Map<String, List<Integer>> into) {
        while (true) {
            if (cursor.at("{")) {
                return new BodyParser(cursor).block();
            }
            if (cursor.accept(";")) {
                return null;
            }
            Token word = cursor.peek();
            if (cursor.acceptDot("pragma")) {
                cursor.string();
                cursor.expect(";");
            } else if (word.kind() == Token.Kind.DOT_WORD && FLAGS.contains(word.text())) {
                cursor.next();
                into.put(word.text(), List.of());
            } else if (word.kind() == Token.Kind.DOT_WORD && NUMBERS.contains(word.text())) {
                cursor.next();
                into.put(word.text(), positive(word));
                if (into.containsKey("maxntid") && into.containsKey("reqntid")) {
                    throw new PtxSyntaxException(word.position(), ".maxntid and .reqntid exclude each other");
                }
            } else {
                throw cursor.error("expected a body but found " + word.describe());
            }
        }
    }

    private List<Integer> positive(Token directive) {
        List<Integer> numbers = new ArrayList<>();
        do {
            Position position = cursor.position();
            int number = cursor.integer("a number");
            if (number < 1 || numbers.size() == 3) {
                throw new PtxSyntaxException(
                        position, directive.describe() + " takes one to three positive numbers, not " + number);
            }
            numbers.add(number);
        } while (cursor.accept(","));
        return List.copyOf(numbers);
    }
}
