"""Writes as many random cases as asked for of each processor and each preset, in the format of goldens.txt.

    python random_goldens.py 500 [LIBLLAMA] > FILE
    mvn -pl sampler test -Dtest=GoldenTest -DargLine=-Dgatun.goldens=FILE

With the path of llama.cpp's shared library (of llama-cpp-python 0.3.16), its own samplers also run: what the transcription
says must be what they say. Cases in which float32 and double may disagree about who stays are made again: where a
cumulated mass comes within 1e-5 of the share asked for.
"""

import contextlib
import ctypes
import io
import sys

import numpy as np

with contextlib.redirect_stdout(io.StringIO()):
    import goldens as g

V = g.V
rng = np.random.default_rng(1)
count = int(sys.argv[1])
lib = None
worst = 0.0
checked = 0


class Data(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("logit", ctypes.c_float), ("p", ctypes.c_float)]


class Array(ctypes.Structure):
    _fields_ = [("data", ctypes.POINTER(Data)), ("size", ctypes.c_size_t), ("selected", ctypes.c_int64), ("sorted", ctypes.c_bool)]


class Bias(ctypes.Structure):
    _fields_ = [("token", ctypes.c_int32), ("bias", ctypes.c_float)]


def sampler(name, *arguments):
    init = getattr(lib, "llama_sampler_init_" + name)
    init.restype = ctypes.c_void_p
    return ctypes.c_void_p(init(*arguments))


def f(x):
    return ctypes.c_float(x)


def theirs(row, tokens, o):
    """The law that llama.cpp's own samplers make."""
    data = (Data * V)(*[Data(i, float(x), 0) for i, x in enumerate(g.ROWS[row])])
    array = Array(data, V, -1, False)
    chain = []
    if "logit_bias" in o:
        biases = o["logit_bias"]
        chain.append(sampler("logit_bias", V, len(biases), (Bias * len(biases))(*[Bias(t, b) for t, b in biases.items()])))
    last_n = o.get("repeat_last_n", 64)
    penalties = sampler("penalties", len(tokens) if last_n == -1 else last_n, f(o.get("repetition_penalty", 1)),
                        f(o.get("frequency_penalty", 0)), f(o.get("presence_penalty", 0)))
    for token in tokens:
        lib.llama_sampler_accept(penalties, token)
    chain.append(penalties)
    one = ctypes.c_size_t(1)
    for step, make in (
        ("top_n_sigma", lambda n: sampler("top_n_sigma", f(n))), ("top_k", lambda k: sampler("top_k", k)),
        ("typical_p", lambda p: sampler("typical", f(p), one)), ("top_p", lambda p: sampler("top_p", f(p), one)),
        ("min_p", lambda p: sampler("min_p", f(p), one)), ("xtc", lambda t: sampler("xtc", f(1), f(t), one, 1)),
    ):
        if step in o:
            chain.append(make(o[step]))
    delta, exponent = o.get("dynatemp", (0.0, 1.0))
    chain.append(sampler("temp_ext", f(o.get("temperature", 1.0)), f(delta), f(exponent)))
    for one in chain:
        lib.llama_sampler_apply(one, ctypes.byref(array))
        lib.llama_sampler_free(one)
    x = np.full(V, -np.inf, np.float32)
    for i in range(array.size):
        x[array.data[i].id] = array.data[i].logit
    return g.softmax(x)


if len(sys.argv) > 2:
    lib = ctypes.CDLL(sys.argv[2])


def uncertain(law, share):
    """Whether a nucleus of some share depends on the last bits."""
    cumulated = np.cumsum(np.sort(law)[::-1])
    return bool(np.any(np.abs(cumulated - share) < 1e-5))


def captured(make):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        make()
    lines = text.getvalue()
    law = np.zeros(V)
    for entry in lines.rsplit("law ", 1)[1].split():
        token, p = entry.split(":")
        law[int(token)] = float(p)
    return lines, law


def u(low, high):
    return round(float(rng.uniform(low, high)), 3)


def case(engine, name, make_options, tokens=None):
    global worst, checked
    while True:
        options = make_options()
        history = dict(prompt=rng.integers(0, V, 9).tolist(), generated=rng.integers(0, V, 7).tolist())
        if tokens:
            history = tokens()
        _, law = captured(lambda: engine("x", 0, **history, **{k: v for k, v in options.items() if k not in CUTS}))
        shares = [options[k] for k in ("top_p", "typical_p") if k in options]
        lines, result = captured(lambda: engine(name, 0, **history, **options))
        if len(shares) == 0 or not any(uncertain(law, s) or uncertain(law, 1 - s) for s in shares):
            break
    if lib and engine is g.llama and "dry" not in options and "mirostat" not in options:
        own = theirs(0, history["prompt"] + history["generated"], options)
        assert np.array_equal(own > 0, result > 0), (name, options)
        worst = max(worst, float(np.abs(own - result).max()))
        checked += 1
    print(lines, end="")


CUTS = ("top_p", "typical_p")
HF = {
    "temperature": lambda: dict(temperature=u(0.1, 3)),
    "top_k": lambda: dict(top_k=int(rng.integers(1, V))),
    "top_p": lambda: dict(top_p=u(0.05, 0.99)),
    "min_p": lambda: dict(min_p=u(0.001, 0.9)),
    "typical_p": lambda: dict(typical_p=u(0.05, 0.95)),
    "top_h": lambda: dict(top_h=u(0.1, 0.95)),
    "epsilon": lambda: dict(epsilon_cutoff=u(0.001, 0.2)),
    "eta": lambda: dict(eta_cutoff=u(0.001, 0.2)),
    "repetition": lambda: dict(repetition_penalty=u(0.5, 2)),
    "no_repeat_ngram": lambda: dict(no_repeat_ngram_size=int(rng.integers(1, 4))),
    "suppress": lambda: dict(suppress_tokens=rng.choice(V, 5, replace=False).tolist()),
    "min_tokens": lambda: dict(min_tokens=int(rng.integers(1, 15))),
    "bad_words": lambda: dict(bad_words=[rng.integers(6, V, int(n)).tolist() for n in rng.integers(1, 4, 6)]),
    "sequence_bias": lambda: dict(sequence_bias={
        tuple(rng.integers(0, V, int(n)).tolist()): u(-4, 4) for n in rng.integers(1, 4, 6)}),
    "length_decay": lambda: dict(length_decay=(int(rng.integers(1, 10)), u(1.01, 1.5))),
    "all": lambda: dict(temperature=u(0.3, 2), top_k=int(rng.integers(2, V)), top_p=u(0.5, 0.99), min_p=u(0.001, 0.1),
                        repetition_penalty=u(0.8, 1.5), no_repeat_ngram_size=3, min_tokens=int(rng.integers(1, 15))),
}
VLLM = {
    "penalties": lambda: dict(repetition_penalty=u(0.5, 2), frequency_penalty=u(-2, 2), presence_penalty=u(-2, 2)),
    "bias": lambda: dict(logit_bias={int(t): u(-5, 5) for t in rng.choice(V, 4, replace=False)}),
    "all": lambda: dict(temperature=u(0.3, 2), top_k=int(rng.integers(2, V)), top_p=u(0.5, 0.99), min_p=u(0.001, 0.1),
                        repetition_penalty=u(0.8, 1.5), frequency_penalty=u(-1, 1), presence_penalty=u(-1, 1),
                        logit_bias={int(t): u(-5, 5) for t in rng.choice(V, 4, replace=False)}),
}
LLAMA = {
    "penalties": lambda: dict(repetition_penalty=u(0.5, 2), frequency_penalty=u(-2, 2), presence_penalty=u(-2, 2),
                              repeat_last_n=int(rng.choice([-1, 1, 5, 12, 64]))),
    "bias": lambda: dict(logit_bias={int(t): u(-5, 5) for t in rng.choice(V, 4, replace=False)}),
    "sigma": lambda: dict(top_n_sigma=u(0.1, 4)),
    "top_k": lambda: dict(top_k=int(rng.integers(1, V))),
    "typical": lambda: dict(typical_p=u(0.05, 0.95)),
    "top_p": lambda: dict(top_p=u(0.05, 0.99)),
    "min_p": lambda: dict(min_p=u(0.001, 0.9)),
    "xtc": lambda: dict(xtc=u(0.01, 0.5)),
    "temperature": lambda: dict(temperature=u(0.1, 3)),
    "dynatemp": lambda: dict(temperature=u(0.6, 2), dynatemp=(u(0.1, 0.5), u(0.5, 2))),
    "mirostat-2": lambda: dict(mirostat=(2, u(1, 6), 0.1)),
    "all": lambda: dict(repetition_penalty=u(0.8, 1.5), top_k=int(rng.integers(2, V)), top_p=u(0.5, 0.99), min_p=u(0.001, 0.1),
                        temperature=u(0.3, 2)),
}


def looping():
    loop = rng.integers(20, 26, int(rng.integers(4, 30))).tolist()
    return dict(prompt=g.PROMPT, generated=loop)


def dry():
    breakers = [rng.integers(20, 26, int(n)).tolist() for n in rng.integers(1, 3, int(rng.integers(0, 3)))]
    return dict(dry=(u(0.1, 2), u(1.1, 2), int(rng.integers(1, 4)), int(rng.choice([-1, 9, 15])), breakers))


for i in range(count):
    g.ROWS[0] = rng.normal(rng.uniform(-5, 5), rng.uniform(0.5, 6), V).astype(np.float32)
    print("logits", 0, *(f"{x:.9g}" for x in g.ROWS[0]))
    for name, options in HF.items():
        case(g.hf, name, options)
    for name, options in VLLM.items():
        case(g.vllm, name, options)
    for name, options in LLAMA.items():
        without = (lambda: dict(prompt=[1, 2, 3], generated=[])) if name.startswith("mirostat") else None
        case(g.llama, name, options, without)
    case(g.llama, "dry", dry, looping)
if lib:
    print(f"llama.cpp's own samplers agree in {checked} cases, within {worst:.1e}", file=sys.stderr)
