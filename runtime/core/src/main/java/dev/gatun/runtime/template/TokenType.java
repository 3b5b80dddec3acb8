package dev.gatun.runtime.template;

/** What a token is; text stands between tags, everything else inside them. */
enum TokenType {
    TEXT,
    BLOCK_BEGIN,
    BLOCK_END,
    VARIABLE_BEGIN,
    VARIABLE_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
}
