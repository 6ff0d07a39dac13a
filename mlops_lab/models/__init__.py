"""A ladder of recommenders, each one idea more than the last.

    interactions  who chose what, the rows that models of histories are fitted on
    view          what a model may look at when it scores: recipes, histories, feature columns
    popularity    what most cooks chose; with a half-life, what they chose lately
    item-knn      what goes with what you chose, by neighbours
    ease          the same by one closed-form regression
    als           cooks and recipes as points; whoever stands near a recipe chooses it
    blend         several of these with equal votes
    ranker        a logistic regression on feature rows
    digest        the identity of a fitted model: its arrays and parameters, never its file
    experiment    a search for parameters in Katib's words: suggestions, trials and their states, median stop

All are scikit-learn style: parameters in the constructor, fitted attributes end with an underscore. A model is saved
as one .npz file: its arrays by name, and `about`, a JSON text with kind and parameters; numpy opens it without pickle.

A model of histories scores a cook who is new by popularity, and a recipe that is new as its kin do on average.

Reading order: `ranking` (from scores to places), `histories` (what the next six share), `popularity`, `neighbours`,
`ease`, `als`, `blend`, `ranker`, `saved`; for tuning `experiment` (what is said) and `tuning` (what is done).
"""
