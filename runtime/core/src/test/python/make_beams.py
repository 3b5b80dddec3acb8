"""Goldens of beam search: a small random llama as GGUF, and what Hugging Face transformers finds with it.

Run from the repository root, in a virtual environment outside the tree:

    pip install torch transformers numpy               # beams.gguf and beams.txt: transformers 5.24.0
    python runtime/core/src/test/python/make_beams.py plain
    python runtime/core/src/test/python/make_beams.py ends       # beam-ends.txt: transformers 5.23.0
    python runtime/core/src/test/python/make_beams.py guidance   # guidance.txt: transformers 5.23.0
    pip install torch transformers==4.49.0 numpy       # beam-groups.txt: later versions have no diverse beam search
    python runtime/core/src/test/python/make_beams.py groups

A prompt is taken only if the model computed in float64 gives the same sequences as in float32: others hang on rounding.

Format: a line `setting` with the options, then for each prompt a line `prompt` with its tokens and a line for each sequence
with its score and its tokens, the end token included.
"""

import struct
import sys
from pathlib import Path

import numpy as np
import regex
import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, StoppingCriteria, StoppingCriteriaList

FOLDER = Path("runtime/core/src/test/resources/dev/gatun/runtime/engine")
VOCABULARY, WIDTH, HIDDEN, LAYERS, HEADS, KV_HEADS, CONTEXT = 48, 32, 64, 2, 4, 2, 256
HEAD_DIM = WIDTH // HEADS
PAD, END, SECOND_END = 0, 2, 3
EPSILON, BASE = 1e-5, 10000.0
PROMPTS = 50

PLAIN = [
    dict(num_beams=4, max_new_tokens=24, num_return_sequences=4, eos_token_id=[END]),
    dict(num_beams=3, max_new_tokens=20, num_return_sequences=2, eos_token_id=[END, SECOND_END], length_penalty=2.0,
         early_stopping=True, min_new_tokens=4, repetition_penalty=1.3),
    dict(num_beams=5, max_new_tokens=70, num_return_sequences=5, eos_token_id=[END], length_penalty=-0.5,
         early_stopping="never", no_repeat_ngram_size=2),
    dict(num_beams=8, max_new_tokens=16, num_return_sequences=3, eos_token_id=[END, SECOND_END], length_penalty=0.6,
         early_stopping="never", suppress_tokens=[5, 9]),
]
# Groups that are done count as choosing the padding token, and the groups behind them are penalised for it: an accident of
# that implementation, which a token that is never chosen keeps out.
GROUPS = [
    dict(num_beams=6, num_beam_groups=3, diversity_penalty=0.7, max_new_tokens=20, num_return_sequences=6,
         eos_token_id=[END], suppress_tokens=[PAD]),
    dict(num_beams=4, num_beam_groups=4, diversity_penalty=1.5, max_new_tokens=12, num_return_sequences=4,
         eos_token_id=[END, SECOND_END], length_penalty=0.0, early_stopping=True, suppress_tokens=[PAD]),
]

# Stop strings and forms: a sequence ends with the token that completes one. The padding token is kept out to be told apart.
ENDS = [
    dict(num_beams=4, max_new_tokens=24, num_return_sequences=4, eos_token_id=[END], stop=["A", "IN", "0$"],
         suppress_tokens=[PAD]),
    dict(num_beams=6, max_new_tokens=16, num_return_sequences=3, eos_token_id=[END, SECOND_END], length_penalty=0.5,
         early_stopping=True, stop=["!", ")", "?B", "+++"], suppress_tokens=[PAD]),
    dict(num_beams=4, max_new_tokens=24, num_return_sequences=4, eos_token_id=[END], regex="[!-9]{3}([A-F]|[G-L]+;){1,4}",
         early_stopping="never", suppress_tokens=[PAD]),
    dict(num_beams=5, max_new_tokens=12, num_return_sequences=5, eos_token_id=[END], regex="([0-4]|[^0-9])+8",
         length_penalty=-1.0, suppress_tokens=[PAD]),
]


def spelling(tokens):
    return "".join(chr(0x21 + token - 4) for token in tokens if token >= 4)


class Complete(StoppingCriteria):
    """Ends a sequence whose text meets a stop string, or a form that nothing may follow."""

    def __init__(self, prompt_length, stops, form):
        self.prompt_length, self.stops, self.form = prompt_length, stops, form

    def __call__(self, ids, scores, **kwargs):
        return torch.tensor([self.ends(spelling(row[self.prompt_length:])) for row in ids.tolist()])

    def ends(self, text):
        if any(stop in text for stop in self.stops):
            return True
        return bool(self.form) and not [t for t in self.allowed(text) if t >= 4] and bool(regex.fullmatch(self.form, text))

    def allowed(self, text):
        tokens = [token for token in range(4, VOCABULARY)
                  if regex.fullmatch(self.form, text + spelling([token]), partial=True)]
        return tokens + ([END] if regex.fullmatch(self.form, text) else [])


def weights():
    random = np.random.default_rng(20)
    tensors = {}

    def matrix(name, rows, columns, scale=1.0):
        tensors[name] = (random.standard_normal((rows, columns)) * scale / np.sqrt(columns)).astype(np.float32)

    def vector(name, length):
        tensors[name] = (1 + random.standard_normal(length) / 4).astype(np.float32)

    matrix("model.embed_tokens.weight", VOCABULARY, WIDTH, np.sqrt(WIDTH))
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        vector(layer + "input_layernorm.weight", WIDTH)
        matrix(layer + "self_attn.q_proj.weight", WIDTH, WIDTH, 1.5)
        matrix(layer + "self_attn.k_proj.weight", KV_HEADS * HEAD_DIM, WIDTH, 1.5)
        matrix(layer + "self_attn.v_proj.weight", KV_HEADS * HEAD_DIM, WIDTH)
        matrix(layer + "self_attn.o_proj.weight", WIDTH, WIDTH)
        vector(layer + "post_attention_layernorm.weight", WIDTH)
        matrix(layer + "mlp.gate_proj.weight", HIDDEN, WIDTH)
        matrix(layer + "mlp.up_proj.weight", HIDDEN, WIDTH)
        matrix(layer + "mlp.down_proj.weight", WIDTH, HIDDEN)
    vector("model.norm.weight", WIDTH)
    matrix("lm_head.weight", VOCABULARY, WIDTH, 1.6)
    tensors["lm_head.weight"][[END, SECOND_END]] *= 1.3
    return tensors


def in_single(module, inputs, output):
    output.logits = output.logits.float()
    return output


def model(dtype):
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=HIDDEN, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, max_position_embeddings=CONTEXT, rms_norm_eps=EPSILON,
        rope_theta=BASE, tie_word_embeddings=False, bos_token_id=1, eos_token_id=END, pad_token_id=PAD)
    llama = LlamaForCausalLM(config)
    missing = llama.load_state_dict({name: torch.from_numpy(each) for name, each in weights().items()}, strict=False)
    assert not missing.unexpected_keys and not missing.missing_keys, missing
    llama.register_forward_hook(in_single)
    return llama.to(dtype).eval()


# ---- GGUF


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def key(name, kind, value):
    return text(name) + struct.pack("<I", kind) + value


def array(kind, values):
    return struct.pack("<IQ", kind, len(values)) + b"".join(values)


def interleaved(weight, heads):
    """Rotation turns neighbours in GGUF, halves of a head in transformers."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def gguf():
    names = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
             "lm_head.weight": "output.weight"}
    parts = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
             "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm",
             "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
    for i in range(LAYERS):
        for theirs, ours in parts.items():
            names[f"model.layers.{i}.{theirs}.weight"] = f"blk.{i}.{ours}.weight"
    pieces = ["<unk>", "<s>", "</s>", "<end>"] + [chr(0x21 + i) for i in range(VOCABULARY - 4)]
    kinds = [2, 3, 3, 3] + [1] * (VOCABULARY - 4)
    u32 = lambda name, value: key(name, 4, struct.pack("<I", value))
    f32 = lambda name, value: key(name, 6, struct.pack("<f", value))
    keys = [
        key("general.architecture", 8, text("llama")),
        key("general.name", 8, text("random beams")),
        u32("llama.block_count", LAYERS), u32("llama.embedding_length", WIDTH), u32("llama.feed_forward_length", HIDDEN),
        u32("llama.attention.head_count", HEADS), u32("llama.attention.head_count_kv", KV_HEADS),
        u32("llama.rope.dimension_count", HEAD_DIM), u32("llama.context_length", CONTEXT),
        f32("llama.attention.layer_norm_rms_epsilon", EPSILON), f32("llama.rope.freq_base", BASE),
        key("tokenizer.ggml.model", 8, text("llama")),
        key("tokenizer.ggml.tokens", 9, array(8, [text(piece) for piece in pieces])),
        key("tokenizer.ggml.scores", 9, array(6, [struct.pack("<f", -i) for i in range(VOCABULARY)])),
        key("tokenizer.ggml.token_type", 9, array(5, [struct.pack("<i", kind) for kind in kinds])),
        u32("tokenizer.ggml.bos_token_id", 1), u32("tokenizer.ggml.eos_token_id", END),
        u32("tokenizer.ggml.unknown_token_id", 0),
        key("tokenizer.ggml.add_space_prefix", 7, struct.pack("<?", False)),
    ]
    tensors = {}
    for theirs, weight in weights().items():
        if "q_proj" in theirs or "k_proj" in theirs:
            weight = interleaved(weight, HEADS if "q_proj" in theirs else KV_HEADS)
        tensors[names[theirs]] = weight
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys)) + b"".join(keys)
    data = b""
    for name, weight in tensors.items():
        header += text(name) + struct.pack("<I", weight.ndim)
        header += b"".join(struct.pack("<Q", size) for size in reversed(weight.shape))
        header += struct.pack("<IQ", 0, len(data))
        data += weight.tobytes()
        data += b"\0" * (-len(data) % 32)
    return header + b"\0" * (-len(header) % 32) + data


# ---- goldens


def sequences(llama, prompt, setting):
    ids = torch.tensor([prompt])
    options = dict(setting)
    stops, form = options.pop("stop", []), options.pop("regex", None)
    complete = Complete(len(prompt), stops, form)
    if form:
        options["prefix_allowed_tokens_fn"] = lambda _, row: complete.allowed(spelling(row.tolist()[len(prompt):])) or [END]
    if form or stops:
        options["stopping_criteria"] = StoppingCriteriaList([complete])
    with torch.no_grad():
        found = llama.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, return_dict_in_generate=True, output_scores=True,
            pad_token_id=PAD, **options)
    rows = []
    for row, score in zip(found.sequences.tolist(), found.sequences_scores.tolist()):
        tokens = row[len(prompt):len(prompt) + setting["max_new_tokens"]]
        ends = [i for i, token in enumerate(tokens) if token in setting["eos_token_id"]]
        if form or stops:
            tokens = [token for token in tokens if token != PAD]
        rows.append((score, tokens[:ends[0] + 1] if ends else tokens))
    return rows


def goldens(settings, file):
    single, double = model(torch.float32), model(torch.float64)
    random = np.random.default_rng(6)
    lines = [f"# transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"]
    for setting in settings:
        lines.append("setting " + " ".join(f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
                                           for name, value in setting.items()))
        taken = skipped = 0
        while taken < PROMPTS:
            length = int(random.choice([1, 2, 7, 31, 33, 60, 63, 64, 65, 100, 127, 128, 140]))
            prompt = random.integers(4, VOCABULARY, length).tolist()
            found = sequences(single, prompt, setting)
            if [tokens for _, tokens in found] != [tokens for _, tokens in sequences(double, prompt, setting)]:
                skipped += 1
                continue
            taken += 1
            lines.append("prompt " + " ".join(map(str, prompt)))
            lines += [f"{score:.9g} " + " ".join(map(str, tokens)) for score, tokens in found]
        print(setting, "skipped", skipped)
    (FOLDER / file).write_text("\n".join(lines) + "\n")


def guidance(file):
    """Greedy answers under classifier-free guidance; without a negative prompt the prompt's last token stands in for it."""
    single, double = model(torch.float32), model(torch.float64)
    random = np.random.default_rng(8)
    lines = [f"# transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"]
    for scale in [0.5, 1.5, 3.0]:
        taken = 0
        while taken < 12:
            prompt, negative = (random.integers(4, VOCABULARY, int(random.choice([1, 7, 33, 64, 65, 100]))).tolist()
                                for _ in range(2))
            options = dict(guidance_scale=scale, do_sample=False, max_new_tokens=30, pad_token_id=PAD, eos_token_id=[END])
            if taken % 3:
                options["negative_prompt_ids"] = torch.tensor([negative])
            ids = torch.tensor([prompt])
            with torch.no_grad():
                found = [llama.generate(ids, attention_mask=torch.ones_like(ids), **options)[0, len(prompt):].tolist()
                         for llama in (single, double)]
            if found[0] != found[1]:
                continue
            taken += 1
            lines += [f"scale {scale}", "prompt " + " ".join(map(str, prompt))]
            lines += ["negative " + " ".join(map(str, negative))] if "negative_prompt_ids" in options else []
            lines.append("found " + " ".join(map(str, found[0])))
    (FOLDER / file).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:] == ["plain"]:
        (FOLDER / "beams.gguf").write_bytes(gguf())
        goldens(PLAIN, "beams.txt")
    elif sys.argv[1:] == ["ends"]:
        goldens(ENDS, "beam-ends.txt")
    elif sys.argv[1:] == ["guidance"]:
        guidance("guidance.txt")
    elif sys.argv[1:] == ["groups"]:
        goldens(GROUPS, "beam-groups.txt")
    else:
        sys.exit(__doc__)
