"""A ladder of recommenders, each one idea more than the last.

    interactions  who chose what, the rows that models of histories are fitted on
    view          what a model may look at when it scores: recipes, histories, feature columns
    popularity    what most cooks chose; with a half-life, what they chose lately
    item-knn      what goes with what you chose, by neighbours
    ease          the same by one closed-form regression
    ranker        a logistic regression on feature rows
    digest        the identity of a fitted model: its arrays and parameters, never its file

All are scikit-learn style: parameters in the constructor, fitted attributes end with an underscore. A model is saved
as one .npz file: its arrays by name, and `about`, a JSON text with kind and parameters; numpy opens it without pickle.

Reading order: `ranking` (from scores to places), `histories` (what the next four share), `popularity`, `neighbours`,
`ease`, `ranker`, `saved`.
"""
