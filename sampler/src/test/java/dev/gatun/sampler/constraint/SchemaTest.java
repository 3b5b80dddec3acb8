package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemas are written with ' for ", as JSON in Java reads badly otherwise. */
class SchemaTest {

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static Grammar grammar(String schema) {
        return Grammar.jsonSchema(json(schema));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            quoteCharacter = '`',
            value = {
                "true§[1, {'a':null}]",
                "{}§'x'",
                "{'type':'object'}§{'a':{'b': [true,false]}, 'c':1e5}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string'}},'required':['a']}§{'a': 1}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string'}},'required':['b']}§{'b':'x'}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string'}}}§{}",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string'}}}§{'a':-7,'b':'é😀\\n\\u00e9'}",
                "{'properties':{'a':true},'additionalProperties':{'type':'integer'}}§{'b':1,'ab':2}",
                "{'properties':{'a':true},'additionalProperties':true}§{'':1}",
                "{'type':'object','additionalProperties':{'type':'null'}}§{'a\\\"':null}",
                "{'required':['x'],'properties':{'a':true},'additionalProperties':{'type':'integer'}}§{'x':1,'y':2}",
                "{'required':['x']}§{'x':'y'}",
                "{'properties':{'a':false,'b':true}}§{'b':1}",
                "{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':3}§[1, 2,3]",
                "{'type':'array','maxItems':0}§[]",
                "{'prefixItems':[{'type':'integer'},{'type':'string'}]}§[1,'x']",
                "{'prefixItems':[{'type':'integer'},{'type':'string'}]}§[]",
                "{'prefixItems':[{'type':'integer'}],'items':{'type':'null'},'minItems':2}§[1,null,null]",
                "{'prefixItems':[{'type':'integer'},{'type':'string'}],'maxItems':1}§[5]",
                "{'prefixItems':[{'type':'integer'},{'type':'string'}],'minItems':1,'items':false}§[5]",
                "{'enum':['a',1,null,{'x':[1.5]}]}§{'x':[1.5]}",
                "{'const':'\\u00e9\\n'}§'é\\n'",
                "{'type':'string','enum':['a',1]}§'a'",
                "{'anyOf':[{'type':'integer'},{'type':'null'}]}§null",
                "{'oneOf':[{'type':'integer'},{'type':'null'}]}§3",
                "{'type':['string','null']}§null",
                "{'allOf':[{'properties':{'a':{'type':'integer'}},'required':['a']},{'properties':{'b':true},'required':['b']}]}"
                        + "§{'a':1,'b':2}",
                "{'allOf':[{'type':['integer','string']},{'type':'number'}]}§5",
                "{'properties':{'k':{'const':1}},'required':['k'],'anyOf':[{'properties':{'v':{'type':'null'}},'required':['v']}]}"
                        + "§{'k':1,'v':null}",
                "{'$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/$defs/n'}}}},'$ref':'#/$defs/n'}"
                        + "§{'next':{'next':{}}}",
                "{'type':'array','items':{'$ref':'#'}}§[[],[[]]]",
                "{'definitions':{'a/b':{'const':1}},'properties':{'x':{'$ref':'#/definitions/a~1b','title':'t'}}}§{'x':1}",
                "{'$defs':{'s':{'type':'string'}},'properties':{'x':{'$ref':'#/$defs/s','maxLength':1}}}§{'x':'é'}",
                "{'type':'string','minLength':2,'maxLength':3}§'é\\u00e9'",
                "{'type':'string','minLength':20,'maxLength':40}§'01234567890123456789😀'",
                "{'type':'string','pattern':'^[a-z]+$'}§'abc'",
                "{'type':'string','pattern':'b'}§'abc'",
                "{'type':'string','pattern':'^[^a]$'}§'\\\"'",
                "{'type':'string','format':'date'}§'2024-02-28'",
                "{'type':'string','format':'date-time'}§'2024-12-31T23:59:59.5+02:00'",
                "{'type':'string','format':'uuid'}§'123e4567-e89b-12d3-a456-426614174000'",
                "{'type':'string','format':'email'}§'a.b@example.org'",
                "{'type':'string','format':'ipv4'}§'192.168.0.255'",
                "{'type':'integer','minimum':-5,'maximum':12}§-5",
                "{'type':'integer','exclusiveMinimum':9,'exclusiveMaximum':11.5}§11",
                "{'type':'integer','minimum':95,'maximum':1203}§1199",
                "{'type':'number','minimum':0,'maximum':1}§0.25",
                "{'type':'number','minimum':0.5,'maximum':0.75}§0.62",
                "{'type':'number','exclusiveMinimum':-1.5,'maximum':-0.25}§-1.49",
                "{'type':'number','minimum':-2}§-1.999",
                "{'type':'number'}§-0.5e-7",
                "{'type':'array','uniqueItems':false}§[1,1]",
                "{'$id':'https://example.org/s','$schema':'https://json-schema.org/draft/2020-12/schema','title':'t','description':'d','default':1,'examples':[]}§0",
            })
    void allowsWhatIsValid(String schema, String text) {
        assertTrue(Texts.matches(grammar(schema), json(text)), () -> schema + " ~ " + text);
        assertEquals("", new Validator(json(schema)).faults(json(text)), "the other implementation agrees");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            quoteCharacter = '`',
            value = {
                "{'type':'object'}§[]",
                "{'type':'object'}§{'a':1,}",
                "{'type':'object'}§{'a':  1}",
                "{'type':'object'}§{ }",
                "{'type':'object','properties':{'a':{'type':'integer'},'b':true},'required':['a']}§{'b':1}",
                "{'type':'object','properties':{'a':{'type':'integer'}}}§{'a':1.5}",
                "{'type':'object','properties':{'a':{'type':'integer'}}}§{'b':1}",
                "{'properties':{'a':{'type':'integer'}},'additionalProperties':true}§{'a':'x'}",
                "{'properties':{'a':{'type':'integer'}},'additionalProperties':true}§{'\\u0061':'x'}",
                "{'properties':{'a':{'type':'integer'}},'additionalProperties':true}§{'b':1,'a':'x'}",
                "{'items':{'type':'integer'},'minItems':2}§[1]",
                "{'items':{'type':'integer'},'maxItems':2}§[1,2,3]",
                "{'prefixItems':[{'type':'integer'}]}§['x']",
                "{'prefixItems':[{'type':'integer'}],'items':false}§[1,2]",
                "{'enum':['a']}§'b'",
                "{'type':'string','minLength':2}§'\\n'",
                "{'type':'string','maxLength':2}§'abc'",
                "{'type':'string'}§'\\ud800'",
                "{'type':'string','pattern':'^[a-z]+$'}§'a1'",
                "{'type':'string','format':'date'}§'2023-02-29'",
                "{'type':'string','format':'time'}§'10:00:00-00:00'",
                "{'type':'string','format':'date-time'}§'2023-02-28T24:00:00Z'",
                "{'type':'integer','minimum':95,'maximum':1203}§94",
                "{'type':'integer','minimum':95,'maximum':1203}§1204",
                "{'type':'number','exclusiveMinimum':1,'maximum':2}§1.0",
                "{'type':'number','minimum':0.5,'maximum':0.75}§0.76",
                "{'type':'number'}§01",
                "{'type':'number'}§1.",
            })
    void refusesWhatIsNot(String schema, String text) {
        assertFalse(Texts.matches(grammar(schema), json(text)), () -> schema + " ~ " + text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            quoteCharacter = '`',
            value = {
                "{'properties':{'a':{'not':{}}}}§The JSON schema has the keyword \"not\" at #/properties/a/not, which is not",
                "{'if':{}}§The JSON schema has the keyword \"if\" at #/if",
                "{'items':{'multipleOf':2}}§The JSON schema has the keyword \"multipleOf\" at #/items/multipleOf",
                "{'uniqueItems':true}§The JSON schema has the keyword \"uniqueItems\" at #/uniqueItems",
                "{'properties':{'a/b~c':{'patternProperties':{}}}}"
                        + "§The JSON schema has the keyword \"patternProperties\" at #/properties/a§1b§0c/patternProperties",
                "{'type':'text'}§The JSON schema is wrong at #/type: one or several of",
                "{'type':'string','format':'iri'}§The JSON schema is not supported at #/format: the format \"iri\" is none of",
                "{'type':'string','pattern':'a','maxLength':3}§The JSON schema is not supported at #/pattern",
                "{'type':'string','pattern':'(?=a)'}§The regular expression is wrong at position 0: look-ahead is not",
                "{'type':'string','minLength':-1}§The JSON schema is wrong at #/minLength: a whole number",
                "{'type':'string','minLength':3,'maxLength':2}§The JSON schema is wrong at #/minLength: it is 3, above",
                "{'type':'array','minItems':3,'maxItems':2}§The JSON schema is wrong at #/minItems: at least 3",
                "{'type':'integer','minimum':3,'maximum':2}§The JSON schema is wrong at #/minimum: no number",
                "{'type':'integer','minimum':'x'}§The JSON schema is wrong at #/minimum: a number is expected",
                "{'enum':[]}§The JSON schema is wrong at #/enum: no value is left",
                "{'enum':['a'],'minLength':1}§The JSON schema is not supported at #/minLength: beside enum",
                "{'anyOf':[]}§The JSON schema is wrong at #/anyOf: it is empty",
                "{'anyOf':[{}],'oneOf':[{}]}§The JSON schema is not supported at #/oneOf",
                "{'anyOf':[{'type':'object'},false]}§The JSON schema says false at #/anyOf/1",
                "{'$ref':'http://x'}§The JSON schema refers to \"http://x\" at #/$ref; only pointers",
                "{'$ref':'#/$defs/x'}§The JSON schema refers to \"#/$defs/x\" at #/$ref, but there is no such place",
                "{'$ref':'#'}§The JSON schema matches no text at all",
                "{'$ref':'#','type':'object'}§The JSON schema refers to \"#\" at #/$ref, which refers to itself",
                "{'anyOf':[{'$ref':'#'},{'type':'null'}]}§The JSON schema is left-recursive",
                "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']}§The JSON schema matches no text at all",
                "{'allOf':[{'properties':{'a':true},'additionalProperties':false},{'properties':{'b':true}}]}"
                        + "§The JSON schema is not supported at #/allOf/0/additionalProperties",
                "{'allOf':[{'pattern':'a'},{'pattern':'b'}]}§The JSON schema is not supported at #/allOf/0/pattern",
                "{'allOf':[{'type':'string'},{'type':'null'}]}§The JSON schema is wrong at #/allOf/0/type",
                "{'required':['x'],'properties':{},'additionalProperties':false}§The JSON schema is wrong at #/required",
                "{'properties':[]}§The JSON schema is wrong at #/properties: an object is expected",
                "{'required':[1]}§The JSON schema is wrong at #/required: an array of strings",
                "[]§The JSON schema is wrong at #: an object, true or false is expected",
                "false§The JSON schema says false at #",
                "{'a':1,'a':2}§The JSON schema is wrong at position 7: the key \"a\" comes twice",
                "{'a' 1}§The JSON schema is wrong at position 5: a colon is expected, not \"1\"",
                "{§The JSON schema is wrong at position 1: a key in quotes is expected, not the end",
                "{} x§The JSON schema is wrong at position 3: the end is expected, not \"x\"",
                "{'minimum':1e999}§The JSON schema is wrong at position 11: a number's exponent",
                "nul§The JSON schema is wrong at position 0: a value is expected",
                "['\\ud800']§The JSON schema is wrong at position 1: a string holds half of a surrogate pair",
            })
    void refusesSchemasByName(String schema, String reason) {
        String message = Texts.refusal(() -> grammar(schema));
        assertTrue(message.startsWith(reason), message);
    }

    @Test
    void anyObjectIsJson() {
        Grammar grammar = Grammar.jsonObject();
        assertTrue(Texts.matches(grammar, json("{'a':[1,{'b': '\\u00e9'}], 'c':{}}")));
        assertFalse(Texts.begins(grammar, "["));
        assertFalse(Texts.begins(grammar, json("{'a':1}{")));
    }

    @Test
    void refusesHostileSchemasQuickly() {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            StringBuilder doubling = new StringBuilder("{'$defs':{");
            for (int i = 0; i < 40; i++) {
                String next = "{'$ref':'#/$defs/d" + (i + 1) + "'}";
                doubling.append("'d" + i + "':{'allOf':[" + next + "," + next + "]},");
            }
            doubling.append("'d40':{}},'$ref':'#/$defs/d0','title':'x','type':'null'}");
            assertTrue(Texts.refusal(() -> grammar(doubling.toString())).contains("too large"));

            String deep = "{'items':".repeat(5000) + "true" + "}".repeat(5000);
            assertTrue(Texts.refusal(() -> grammar(deep)).contains("nested"));

            String large = "{'items':{'items':{'type':'string','minLength':50000},'minItems':10000},'minItems':10000}";
            assertTrue(Texts.matches(grammar("{'items':{'const':1},'minItems':3}"), "[1,1,1]"));
            Texts.begins(grammar(large), "[");

            String wide = "{'type':'string','minLength':2000000000}";
            assertTrue(Texts.refusal(() -> grammar(wide)).contains("too large"));
        });
    }

    @Test
    void longChainsOfReferencesWork() {
        StringBuilder chain = new StringBuilder("{'$defs':{");
        for (int i = 0; i < 5000; i++) {
            chain.append("'d" + i + "':{'$ref':'#/$defs/d" + (i + 1) + "'},");
        }
        chain.append("'d5000':{'const':7}},'$ref':'#/$defs/d0'}");
        assertTrue(Texts.matches(grammar(chain.toString()), "7"));
    }

    @Test
    void compilesFiftyPropertiesQuickly() {
        StringBuilder schema = new StringBuilder("{'type':'object','properties':{");
        for (int i = 0; i < 50; i++) {
            schema.append(i == 0 ? "" : ",")
                    .append("'p" + i + "':{'type':" + (i % 2 == 0 ? "'string'" : "['integer','null']") + "}");
        }
        String text = schema + "},'required':['p3']}";
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            grammar(text);
            least = Math.min(least, System.nanoTime() - begin);
        }
        assertTrue(least < 200_000_000, least + " ns");
    }
}
