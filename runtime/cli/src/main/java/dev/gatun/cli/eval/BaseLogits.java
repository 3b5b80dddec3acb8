package dev.gatun.cli.eval;

import dev.gatun.runtime.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The predictions of a run, kept in a file for others to be compared with. Big-endian:
 *
 * <pre>
 * magic        8 bytes "GATUNKL1"
 * vocabulary   int32
 * context      int32         tokens of a window
 * windows      int32
 * bos          int32         -1 if windows open with their own first token
 * tokens       int32[windows * context]
 * rows         for each scored position, in order:
 *   least      float32
 *   step       float32
 *   codes      uint16[vocabulary]     log p = least + step * code, from the row's least to its largest
 * </pre>
 *
 * Half the size of float32. With 40 nats between a row's ends, a logarithm's error is at most 3.1e-4, and a divergence's,
 * which goes with its square, below 1e-7. llama.cpp keeps only the upper 16 nats; what it cuts off holds up to half a
 * percent of the mass of a vocabulary of 49,152 tokens.
 */
public final class BaseLogits {
    private static final long MAGIC = 0x474154554e4b4c31L;
    private static final float MOST_RANGE = 100;
    private static final int MOST_CODE = 0xffff;
    private static final int MOST_VOCABULARY = 1 << 24;
    private static final int MOST_TOKENS = 1 << 28;

    private BaseLogits() {}

    /** Writes a run's predictions while they come. */
    public static final class Writer implements Windows.Scored, AutoCloseable {
        private final DataOutputStream out;
        private byte[] row = {};

        /** Writes the head of the file. */
        public Writer(Path file, Windows windows, int vocabulary) throws IOException {
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20));
            out.writeLong(MAGIC);
            out.writeInt(vocabulary);
            out.writeInt(windows.context());
            out.writeInt(windows.count());
            out.writeInt(windows.bos().orElse(-1));
            for (int i = 0; i < windows.count() * windows.context(); i++) {
                out.writeInt(windows.token(i));
            }
        }

        @Override
        public void accept(int target, float[] logits) {
            double logSum = LogSoftmax.logSum(logits);
            if (Double.isNaN(logSum)) {
                throw new ArithmeticException("a logit is not a number");
            }
            float range = Math.min(LogSoftmax.max(logits) - min(logits), MOST_RANGE);
            float least = (float) (LogSoftmax.max(logits) - logSum - range);
            float step = Math.max(range / MOST_CODE, Float.MIN_NORMAL);
            if (row.length != 2 * logits.length) {
                row = new byte[2 * logits.length];
            }
            for (int i = 0; i < logits.length; i++) {
                int code = (int) Math.clamp(Math.round((logits[i] - logSum - least) / step), 0L, MOST_CODE);
                row[2 * i] = (byte) (code >>> 8);
                row[2 * i + 1] = (byte) code;
            }
            try {
                out.writeFloat(least);
                out.writeFloat(step);
                out.write(row);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static float min(float[] logits) {
            float min = logits[0];
            for (float logit : logits) {
                min = Math.min(min, logit);
            }
            return min;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Reads a file row by row. */
    public static final class Reader implements AutoCloseable {
        private final Path file;
        private final DataInputStream in;
        private final int vocabulary;
        private final Windows windows;
        private final byte[] row;

        /** @throws InvalidInputException if it is not such a file */
        public Reader(Path file) throws IOException {
            this.file = file;
            this.in = new DataInputStream(new BufferedInputStream(open(file), 1 << 20));
            try {
                if (in.readLong() != MAGIC) {
                    throw new InvalidInputException(
                            "The file " + file + " holds no base logits; write them with gatun eval kl --save.");
                }
                this.vocabulary = within("vocabulary", in.readInt(), 1, MOST_VOCABULARY);
                int context = within("context", in.readInt(), 4, MOST_TOKENS);
                int count = within("windows", in.readInt(), 1, MOST_TOKENS / context);
                int bos = within("bos", in.readInt(), -1, vocabulary - 1);
                this.windows = new Windows(
                        tokens(context * count), context, count, bos < 0 ? OptionalInt.empty() : OptionalInt.of(bos));
                this.row = new byte[2 * vocabulary];
            } catch (EOFException e) {
                in.close();
                throw ended();
            }
        }

        public int vocabulary() {
            return vocabulary;
        }

        /** The tokens the run saw. */
        public Windows windows() {
            return windows;
        }

        /**
         * The next position's log-probabilities, {@code [vocabulary]}.
         *
         * @throws InvalidInputException if the file ends before
         */
        void next(float[] logProbabilities) {
            try {
                float least = in.readFloat();
                float step = in.readFloat();
                in.readFully(row);
                for (int i = 0; i < vocabulary; i++) {
                    int code = (row[2 * i] & 0xff) << 8 | (row[2 * i + 1] & 0xff);
                    logProbabilities[i] = least + step * code;
                }
            } catch (EOFException e) {
                throw ended();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }

        private int[] tokens(int count) throws IOException {
            int[] tokens = new int[Math.min(count, 1 << 16)];
            for (int i = 0; i < count; i++) {
                if (i == tokens.length) {
                    tokens = Arrays.copyOf(tokens, Math.min(count, 2 * i));
                }
                tokens[i] = within("token " + i, in.readInt(), 0, vocabulary - 1);
            }
            return tokens;
        }

        private int within(String field, int value, int least, int most) {
            if (value < least || value > most) {
                throw new InvalidInputException("The file " + file + " is damaged: " + field + " is " + value
                        + ", expected " + least + " to " + most + ".");
            }
            return value;
        }

        private InvalidInputException ended() {
            return new InvalidInputException("The file " + file + " ends too early: was it written to the end?");
        }

        private static InputStream open(Path file) throws IOException {
            try {
                return Files.newInputStream(file);
            } catch (NoSuchFileException e) {
                throw new InvalidInputException("There is no file " + file + ".", e);
            }
        }
    }
}
