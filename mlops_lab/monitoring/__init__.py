"""How we would know that it went wrong.

    facts        one compact record of a day: enough for every check, so that nothing old is read again
    check        one number beside its limit, and what it would mean
    alert        a check that began to fail: cause, owner, and a runbook that says what to do now
    episode      from the first failing day of a check until three good ones; it alerts once
    drift        now disagrees with before          skew         training and serving disagree about the same moment
    variety      different recipes shown         concentration   rows that a few cooks or recipes make
    lockstep     cooks who rate the same recipes, each as several others do
    page         one for each cause: a second check that accuses it opens an episode in silence
    cause        what is wrong, as a name: a table ("clicks"), a column ("recipes.minutes"), a behaviour
                 ("clicks.season"), a feature ("features.choices") or "model"

Reading order: `drift` (how different are two tables?), `facts`, `watch` (all checks of a day) with its families
`tables`, `lockstep`, `behaviour` and `health`; then `skew`, `alerts`, `runbooks`.

Limits are meant for hundreds of clean days: each check allows for luck (a normal deviate above 4, or a probability of
one in 100,000) and for what is too small to matter.
"""
