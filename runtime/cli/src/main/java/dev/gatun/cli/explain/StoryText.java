package dev.gatun.cli.explain;

import dev.gatun.cli.Units;
import dev.gatun.runtime.engine.Choice;
import dev.gatun.sampler.StageReport;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A story as lines of text. */
public final class StoryText {
    private static final int SHOWN_ON_A_LINE = 5;

    private final Story story;
    private final Consumer<String> lines;

    /** @param lines takes one line after another, without its end */
    public StoryText(Story story, Consumer<String> lines) {
        this.story = story;
        this.lines = lines;
    }

    /** Writes the whole story. */
    public void write() {
        lines.accept("prompt: " + Units.count(story.prompt().size(), "token"));
        lines.accept("  " + story.prompt().stream().map(Piece::visible).collect(Collectors.joining("|")));
        lines.accept("prefill: "
                + Units.milliseconds(story.metrics().prefill().milliseconds()) + ", "
                + Units.count(story.metrics().prefill().pages(), "page") + " of key-value cache");
        for (int i = 0; i < story.choices().size(); i++) {
            choice(i + 1, story.choices().get(i));
        }
        lines.accept("end: " + story.finishReason());
        lines.accept("text: " + story.text());
        if (story.metrics().draftedTokens() > 0) {
            lines.accept("guesses: " + story.metrics().acceptedTokens() + " of "
                    + story.metrics().draftedTokens() + " right");
        }
    }

    private void choice(int number, Choice choice) {
        lines.accept("token " + number + ":");
        List<StageReport> stages = choice.explanation().stages();
        for (int i = 0; i < stages.size(); i++) {
            StageReport stage = stages.get(i);
            int removed = choice.explanation().removed(i);
            lines.accept(String.format(
                    Locale.ROOT,
                    "  %-18s %7d left%s, entropy %.3f nats: %s",
                    stage.stage(),
                    stage.survivors(),
                    removed > 0 ? " (" + removed + " removed)" : "",
                    stage.entropy(),
                    best(stage)));
        }
        String how = choice.explanation().draw().isPresent()
                ? String.format(
                        Locale.ROOT, "draw %.6f", choice.explanation().draw().getAsDouble())
                : "the best";
        Piece piece = story.piece(choice.token());
        lines.accept("  " + how + " -> " + piece.quoted() + " (" + piece.id() + ")"
                + (choice.end() ? ", which ends the sequence" : "") + guess(choice));
    }

    private String guess(Choice choice) {
        if (choice.guesses().isEmpty()) {
            return "";
        }
        return "; guessed ahead: " + story.piece(choice.guesses().getFirst()).quoted()
                + (choice.wasGuessed() ? ", right" : ", wrong");
    }

    private String best(StageReport stage) {
        return stage.best().stream()
                .limit(SHOWN_ON_A_LINE)
                .map(likelihood -> story.piece(likelihood.token()).quoted() + " "
                        + String.format(Locale.ROOT, "%.1f %%", 100 * likelihood.probability()))
                .collect(Collectors.joining("  "));
    }
}
