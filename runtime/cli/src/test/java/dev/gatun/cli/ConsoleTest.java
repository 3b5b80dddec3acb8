package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void keepsControlCharactersFromATerminal() {
        console("1").print("a\u001b[31mb\u009bc\td\r\n");
        assertEquals("a\uFFFD[31mb\uFFFDc\td\r\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void handsEveryCharacterToAPipe() {
        console("02").print("a\u001b[31mb\0");
        assertEquals("a\u001b[31mb\0", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void writesUtf8WhateverTheLocale() {
        console("").print("Größe 你好");
        assertEquals("Größe 你好", out.toString(StandardCharsets.UTF_8));
    }

    private Console console(String terminals) {
        return new Console(new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), terminals);
    }
}
