"""What happens between a click and an answer: one graph, in the process or behind HTTP.

    graph        requests in, slates out: champion, canary, holdback, fallback
    arm          a model that serves some of the cooks under a variant name
    slate        the answer: k recipes, the last of them drawn by lot among the rest (propensity 1/n)
    prediction   the row every answer leaves: what was known, what was shown, and with what propensity
    surroundings what the serving process is like: how it reads words, how long answers take, what it caches
    sandbox      a server process of one's own, in which a model is tried before anybody meets it

Reading order: `slates` (scores to places), `graph` (who answers whom), `predictions` (the row), `http` (a thin shell),
`surroundings`, `sandbox` and `trial` (does a model serve?).
"""
