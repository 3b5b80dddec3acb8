"""Writes goldens.txt: laws that other runtimes make of given logits.

Hugging Face's are made by its own processors, in the order in which its own generate() puts them. vLLM's and llama.cpp's
are transcriptions of their formulae: torch and numpy, float32, one function a step, nothing shared with the Java code.

    pip install torch transformers numpy
    python goldens.py > ../resources/dev/gatun/sampler/goldens.txt

Made with torch 2.15.0 and transformers 5.23.0.
"""

import math

import numpy as np
import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM
from transformers.generation.logits_process import LogitsProcessorList

V = 64
EOS = [2, 5]
rng = np.random.default_rng(20261124)
ROWS = [
    rng.normal(0, 3, V).astype(np.float32),
    rng.normal(-2, 1, V).astype(np.float32),
    rng.normal(5, 8, V).astype(np.float32),
    (rng.integers(-8, 8, V) / 4).astype(np.float32),  # many ties
]
PROMPT = [7, 8, 9, 7, 8, 9, 10, 11, 7]
GENERATED = [8, 12, 12, 8, 9, 7, 8]

for i, row in enumerate(ROWS):
    print("logits", i, *(f"{x:.9g}" for x in row))


def softmax(x):
    x = x.astype(np.float64)
    e = np.exp(x - x.max())
    return e / e.sum()


def write(name, options, row, prompt, generated, law):
    print("case", name)
    print("options", ";".join(f"{k}={v}" for k, v in options.items()))
    print("row", row)
    print("prompt", *prompt)
    print("generated", *generated)
    print("law", *(f"{i}:{p:.9g}" for i, p in enumerate(law) if p > 0))


# ---- Hugging Face

model = LlamaForCausalLM(
    LlamaConfig(vocab_size=V, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1)
)


def hf(name, row, prompt=PROMPT, generated=GENERATED, **options):
    config = dict(do_sample=True, top_k=0, eos_token_id=EOS, pad_token_id=0, max_new_tokens=100)
    for key, value in options.items():
        if key == "length_decay":
            config["exponential_decay_length_penalty"] = (int(value[0]), value[1])
        elif key == "min_tokens":
            config["min_new_tokens"] = value
        elif key == "bad_words":
            config["bad_words_ids"] = value
        elif key == "sequence_bias":
            config["sequence_bias"] = [[list(s), float(b)] for s, b in value.items()]
        else:
            config[key] = value
    generation = GenerationConfig(**config)
    generation._eos_token_tensor = torch.tensor(EOS)
    processors = model._get_logits_processor(
        generation_config=generation,
        input_ids_seq_length=len(prompt),
        encoder_input_ids=torch.tensor([prompt]),
        prefix_allowed_tokens_fn=None,
        logits_processor=LogitsProcessorList(),
        device="cpu",
        model_kwargs={},
        negative_prompt_ids=None,
        negative_prompt_attention_mask=None,
    )
    scores = processors(torch.tensor([prompt + generated]), torch.tensor(ROWS[row])[None].clone())
    shown = {"order": "hf", "keep_ties": "true"}
    for key, value in options.items():
        if key == "sequence_bias":
            value = "|".join(",".join(map(str, s)) + ":" + str(b) for s, b in value.items())
        elif key == "bad_words":
            value = "|".join(",".join(map(str, s)) for s in value)
        elif isinstance(value, (list, tuple)):
            value = ",".join(map(str, value))
        shown[key] = value
    write("hf-" + name, shown, row, prompt, generated, softmax(scores[0].numpy()))


for row in range(3):
    hf("temperature", row, temperature=0.7)
    hf("top_k", row, top_k=7)
    hf("top_p", row, top_p=0.83)
    hf("min_p", row, min_p=0.07)
    hf("typical_p", row, typical_p=0.6)
    hf("typical_p-low", row, typical_p=0.2)
    hf("top_h", row, top_h=0.5)
    hf("epsilon", row, epsilon_cutoff=0.02)
    hf("eta", row, eta_cutoff=0.03)
    hf("repetition", row, repetition_penalty=1.3)
    hf("repetition-below-1", row, repetition_penalty=0.8)
    hf("no_repeat_ngram", row, no_repeat_ngram_size=3)
    hf("no_repeat_unigram", row, no_repeat_ngram_size=1)
    hf("suppress", row, suppress_tokens=[1, 3, 30])
    hf("min_tokens", row, min_tokens=8)
    hf("min_tokens-reached", row, min_tokens=7)
    hf("bad_words", row, bad_words=[[4], [7, 8, 13], [8, 9], [2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]])
    hf("sequence_bias", row, sequence_bias={(6,): 1.5, (7, 8, 20): -2.5, (9, 21): 3.0, (8, 22): 2.25, (22,): -1.0})
    hf("length_decay", row, length_decay=(3, 1.2))
    hf("length_decay-early", row, length_decay=(7, 1.2))
    hf("all", row, temperature=1.4, top_k=30, top_p=0.95, min_p=0.01, typical_p=0.9, epsilon_cutoff=0.001,
       repetition_penalty=1.1, no_repeat_ngram_size=4, min_tokens=50)
    hf("warpers", row, temperature=2.0, top_h=0.9, top_k=20, top_p=0.9, min_p=0.02, typical_p=0.8, eta_cutoff=0.01)
hf("ties", 3, top_k=5)


# ---- vLLM (V1 sampler): penalties, temperature, min-p, then top-k and top-p in one pass

def vllm(name, row, prompt=PROMPT, generated=GENERATED, **o):
    x = torch.tensor(ROWS[row])
    counts = torch.bincount(torch.tensor(generated), minlength=V)
    seen = (torch.bincount(torch.tensor(prompt), minlength=V) > 0) | (counts > 0)
    for token, bias in o.get("logit_bias", {}).items():
        x[token] += bias
    r = torch.where(seen, torch.tensor(o.get("repetition_penalty", 1.0)), torch.tensor(1.0))
    x = torch.where(x > 0, x / r, x * r)
    x = x - o.get("frequency_penalty", 0.0) * counts
    x = x - o.get("presence_penalty", 0.0) * (counts > 0)
    x = x / o.get("temperature", 1.0)
    if "min_p" in o:
        p = torch.softmax(x, -1)
        x = x.masked_fill(p < o["min_p"] * p.max(), -math.inf)
    ascending, index = x.sort(stable=True)
    if "top_k" in o:
        ascending = ascending.masked_fill(ascending < ascending[V - o["top_k"]], -math.inf)
    if "top_p" in o:
        mask = torch.softmax(ascending, -1).cumsum(-1) <= 1 - o["top_p"]
        mask[-1] = False
        ascending = ascending.masked_fill(mask, -math.inf)
    x = torch.empty_like(x).scatter_(0, index, ascending)
    shown = {"order": "vllm", "keep_ties": "true"}
    for key, value in o.items():
        shown[key] = ",".join(f"{t}:{b}" for t, b in value.items()) if isinstance(value, dict) else value
    write("vllm-" + name, shown, row, prompt, generated, softmax(x.numpy()))


for row in range(3):
    vllm("penalties", row, repetition_penalty=1.2, frequency_penalty=0.4, presence_penalty=-0.3)
    vllm("bias", row, logit_bias={7: -3.5, 40: 2.25, 8: 1.0}, repetition_penalty=1.5)
    vllm("cuts", row, temperature=0.6, min_p=0.02, top_k=12, top_p=0.9)
    vllm("hot", row, temperature=1.9, min_p=0.05, top_p=0.7)
    vllm("all", row, temperature=0.8, top_k=40, top_p=0.95, min_p=0.01, repetition_penalty=1.1,
         frequency_penalty=1.5, presence_penalty=0.5, logit_bias={12: 4.0})
vllm("ties", 3, top_k=6)


# ---- llama.cpp: a list of candidates (id, logit) through its samplers

f32 = np.float32


def probabilities(c):
    x = np.array([x for _, x in c], f32)
    e = np.exp(x - x.max(), dtype=f32)
    return e / e.sum(dtype=f32)


def ordered(c):
    return sorted(c, key=lambda e: -e[1])


def penalties(c, window, repeat, frequency, presence):
    out = []
    for token, x in c:
        n = window.count(token)
        if n:
            x = f32(x * f32(repeat)) if x <= 0 else f32(x / f32(repeat))
            x = f32(x - (f32(n) * f32(frequency) + f32(presence)))
        out.append((token, x))
    return out


def dry(c, tokens, multiplier, base, allowed, last_n, breakers):
    n = len(tokens) if last_n == -1 else min(last_n, len(tokens))
    if n <= allowed:
        return c
    back = tokens[::-1][:n]
    limit = n
    for i in range(n):
        best = -1
        for head, *tail in breakers:
            if head == back[i] and len(tail) <= i and len(tail) > best:
                if all(tail[j] == back[i - j - 1] for j in range(len(tail))):
                    best = len(tail)
        if best >= 0:
            limit = i - best
            break
    if limit < allowed:
        return c
    longest = {}
    for k in range(1, n):
        z = 0
        while z + k < n and back[z] == back[z + k]:
            z += 1
        z = min(z, limit)
        if z >= allowed:
            longest[back[k - 1]] = max(z, longest.get(back[k - 1], 0))
    single = [b[0] for b in breakers if len(b) == 1]
    most = int(88.7228391 / math.log(base)) if base > 1.000001 else 0
    out = []
    for token, x in c:
        if token in longest and token not in single:
            e = longest[token] - allowed
            e = min(e, most) if most > 0 else e
            x = f32(x - f32(multiplier * base**e))
        out.append((token, x))
    return out


def top_n_sigma(c, n):
    x = np.array([x for _, x in c], f32)
    return [e for e in c if e[1] >= x.max() - f32(n) * x.std()]


def top_k(c, k):
    return ordered(c)[:k]


def typical(c, mass):
    c = ordered(c)
    p = probabilities(c)
    entropy = -sum(q * math.log(q) for q in p if q > 0)
    shifted = [abs(-math.log(q) - entropy) if q > 0 else math.inf for q in p]
    kept, total = [], 0.0
    for i in sorted(range(len(c)), key=lambda i: shifted[i]):
        kept.append(c[i])
        total += p[i]
        if total > mass:
            break
    return kept


def top_p(c, mass):
    c = ordered(c)
    p = probabilities(c)
    total = 0.0
    for i in range(len(c)):
        total += p[i]
        if total >= mass:
            return c[: i + 1]
    return c


def min_p(c, m):
    least = max(x for _, x in c) + f32(math.log(m))
    return [e for e in c if e[1] >= least]


def xtc(c, threshold):
    c = ordered(c)
    p = probabilities(c)
    last = 0
    while last + 1 < len(c) and p[last + 1] >= threshold:
        last += 1
    return c[last:] if last > 0 and threshold <= 0.5 else c


def temperature(c, t, delta, exponent):
    if delta > 0:
        if len(c) <= 1:
            return c
        low, high = max(0.0, t - delta), t + delta
        entropy = -sum(q * math.log(q) for q in probabilities(c) if q > 0)
        t = low + (high - low) * (entropy / math.log(len(c))) ** exponent
    return [(token, f32(x / f32(t))) for token, x in c]


def mirostat(c, version, mu):
    c = ordered(c)
    p = probabilities(c)
    if version == 2:
        kept = [e for e, q in zip(c, p) if q > 0 and -math.log2(q) <= mu]
        return kept or c[:1]
    bt = tt = 0.0
    for i in range(min(99, len(c) - 1)):
        t = math.log((i + 2) / (i + 1))
        bt += t * math.log(float(p[i]) / float(p[i + 1]))
        tt += t * t
    s = bt / tt
    e = s - 1
    k = ((e * 2**mu) / (1 - V ** (-e))) ** (1 / s)
    return c[: max(int(k), 1)]


def llama(name, row, prompt=PROMPT, generated=GENERATED, **o):
    tokens = prompt + generated
    c = [(i, x) for i, x in enumerate(ROWS[row])]
    c = [(i, f32(x + f32(o.get("logit_bias", {}).get(i, 0)))) for i, x in c]
    last_n = o.get("repeat_last_n", 64)
    window = tokens if last_n == -1 else tokens[-last_n:] if last_n else []
    c = penalties(c, window, o.get("repetition_penalty", 1), o.get("frequency_penalty", 0), o.get("presence_penalty", 0))
    if "dry" in o:
        c = dry(c, tokens, *o["dry"])
    if "mirostat" in o:
        version, tau, eta = o["mirostat"]
        c = [(token, f32(x / f32(o.get("temperature", 1)))) for token, x in c]
        mu = 2 * tau
        for token in generated:  # every step saw the same row
            kept = mirostat(c, version, mu)
            p = probabilities(kept)[[i for i, _ in kept].index(token)]
            mu -= eta * (-math.log2(p) - tau)
        c = mirostat(c, version, mu)
    else:
        for step, apply in (
            ("top_n_sigma", top_n_sigma), ("top_k", top_k), ("typical_p", typical), ("top_p", top_p), ("min_p", min_p),
            ("xtc", lambda c, t: xtc(c, t)),
        ):
            if step in o:
                c = apply(c, o[step])
        c = temperature(c, o.get("temperature", 1.0), *o.get("dynatemp", (0.0, 1.0)))
    law = np.zeros(V)
    law[[token for token, _ in c]] = softmax(np.array([x for _, x in c], f32))
    shown = {"order": "llamacpp", "count_prompt": "true", "repeat_last_n": last_n}
    for key, value in o.items():
        if key == "dry":
            m, base, allowed, n, breakers = value
            value = f"{m},{base},{allowed},{n}," + "|".join("+".join(map(str, b)) for b in breakers)
        elif isinstance(value, dict):
            value = ",".join(f"{t}:{b}" for t, b in value.items())
        elif isinstance(value, tuple):
            value = ",".join(map(str, value))
        shown[key] = value
    write("llama-" + name, shown, row, prompt, generated, law)


LOOP = [20, 21, 22, 23, 24, 20, 21, 22, 30, 21, 22, 23, 31, 20, 21, 22]
for row in range(3):
    llama("defaults", row, top_k=40, top_p=0.95, min_p=0.05, temperature=0.8)
    llama("penalties", row, repetition_penalty=1.2, frequency_penalty=0.3, presence_penalty=0.2, repeat_last_n=6)
    llama("penalties-all", row, repetition_penalty=1.1, frequency_penalty=-0.3, repeat_last_n=-1)
    llama("sigma", row, top_n_sigma=1.1, temperature=2.5)
    llama("typical", row, typical_p=0.55)
    llama("xtc", row, xtc=0.05)
    llama("xtc-none", row, xtc=0.5)
    llama("dynatemp", row, top_k=20, temperature=0.9, dynatemp=(0.6, 1.5))
    llama("dynatemp-alone", row, temperature=0.5, dynatemp=(0.8, 1.0))
    llama("dry", row, generated=LOOP, dry=(0.8, 1.75, 2, -1, []))
    llama("dry-window", row, generated=LOOP, dry=(1.5, 1.5, 1, 9, []))
    llama("dry-breaker", row, generated=LOOP, dry=(0.8, 1.75, 2, -1, [[20], [23, 31]]))
    llama("dry-long-breaker", row, generated=LOOP, dry=(0.8, 1.75, 2, -1, [[31, 20], [22]]))
    llama("dry-periodic", row, generated=[40, 41] * 12, dry=(0.1, 1.2, 3, -1, []))
    llama("all", row, logit_bias={7: -2.0}, repetition_penalty=1.1, top_n_sigma=2.0, top_k=30, typical_p=0.95, top_p=0.9,
          min_p=0.02, xtc=0.1, temperature=1.3)
    best = [int(np.argmax(ROWS[row]))]
    llama("mirostat-1", row, generated=[], mirostat=(1, 3.0, 0.1))
    llama("mirostat-1-steered", row, generated=best * 2, mirostat=(1, 3.0, 0.2), temperature=1.5)
    llama("mirostat-2", row, generated=[], mirostat=(2, 2.0, 0.1))
    llama("mirostat-2-steered", row, generated=best * 3, mirostat=(2, 1.5, 0.3), temperature=0.9)


# ---- Gatun's own draws: Philox4x32-10 of (seed, choice, position), then the inverse of the cumulated law, best token first

def philox(seed, choice, position):
    key = [seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF]
    c = [position & 0xFFFFFFFF, position >> 32, choice & 0xFFFFFFFF, 0]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ key[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ key[1], a & 0xFFFFFFFF]
        key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF, key[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return c


def uniform(seed, choice, position):
    w = philox(seed, choice, position)
    return (w[0] << 21 | w[1] >> 11) * 2.0**-53


def draws(row, seed, choice, t=1.0, k=V, p=1.0):
    x = [float(v) for v in ROWS[row]]
    best = sorted(range(V), key=lambda i: (-x[i], i))[:k]
    weights = [math.exp((x[i] - x[best[0]]) / t) for i in best]
    kept, above = 0, 0.0
    while kept < len(best) and above < p * sum(weights):
        above += weights[kept]
        kept += 1
    tokens = []
    for position in range(24):
        target = uniform(seed, choice, position) * sum(weights[:kept])
        total, i = 0.0, -1
        while total <= target:
            i += 1
            total += weights[i]
        tokens.append(best[i])
    print("options", f"order=vllm;temperature={t};top_k={k};top_p={p}")
    print("row", row)
    print("seed", seed, choice)
    print("draws", *tokens)


for row in range(4):
    draws(row, 0, 0)
    draws(row, 42, 0, t=0.8)
    draws(row, 42, 1, t=1.7, k=40, p=0.95)
    draws(row, -(2**63) + 12345, 2**31 - 1, t=3.0, p=0.8)
for seed, choice, position in [(0, 0, 0), (42, 0, 0), (42, 1, 0), (42, 0, 1), (-1, 7, 1000)]:
    print("uniform", seed, choice, position, uniform(seed, choice, position).hex())
