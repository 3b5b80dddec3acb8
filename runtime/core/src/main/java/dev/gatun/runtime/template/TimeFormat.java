package dev.gatun.runtime.template;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code strftime} in the C locale. */
final class TimeFormat {

    private TimeFormat() {}

    static Text format(Budget budget, Text format, ZonedDateTime time) {
        TextBuilder out = new TextBuilder(budget);
        String string = format.string();
        int plain = 0;
        for (int i = string.indexOf('%'); i >= 0 && i + 1 < string.length(); i = string.indexOf('%', plain)) {
            char directive = string.charAt(i + 1);
            int end = i + 2;
            boolean unpadded = directive == '-' && end < string.length();
            if (unpadded) {
                directive = string.charAt(end++);
            }
            String value = value(directive, time);
            out.append(format, plain, i);
            if (value == null) {
                out.append(format, i, end);
            } else {
                out.append(unpadded ? value.replaceFirst("^0+(?=.)", "") : value, format.isTrustedAt(i));
            }
            plain = end;
        }
        return out.append(format, plain, string.length()).build();
    }

    private static @Nullable String value(char directive, ZonedDateTime time) {
        return switch (directive) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 's' -> Long.toString(time.toEpochSecond());
            case 'V' -> String.format("%02d", time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'U' -> week(time, time.getDayOfWeek().getValue() % 7);
            case 'W' -> week(time, time.getDayOfWeek().getValue() - 1);
            case 'C' -> String.format("%02d", time.getYear() / 100);
            case 'e' -> String.format("%2d", time.getDayOfMonth());
            case 'f' -> String.format("%06d", time.get(ChronoField.MICRO_OF_SECOND));
            default -> {
                String pattern = pattern(directive);
                if (pattern == null) {
                    yield null;
                }
                yield time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
            }
        };
    }

    private static String week(ZonedDateTime time, int daysSinceWeekStart) {
        return String.format("%02d", (time.getDayOfYear() + 6 - daysSinceWeekStart) / 7);
    }

    private static @Nullable String pattern(char directive) {
        return switch (directive) {
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'c' -> "EEE MMM ppd HH:mm:ss yyyy";
            case 'd' -> "dd";
            case 'D', 'x' -> "MM/dd/yy";
            case 'F' -> "yyyy-MM-dd";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'j' -> "DDD";
            case 'm' -> "MM";
            case 'M' -> "mm";
            case 'p' -> "a";
            case 'R' -> "HH:mm";
            case 'S' -> "ss";
            case 'T', 'X' -> "HH:mm:ss";
            case 'y' -> "yy";
            case 'Y' -> "yyyy";
            case 'z' -> "xx";
            case 'Z' -> "zzz";
            default -> null;
        };
    }
}
