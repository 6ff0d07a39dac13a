"""How a new version is let loose, slowly, and taken back.

    canary       the challenger serves a stable share of the cooks, beside the champion
    watch        after a promotion the champion before keeps that share, as holdback, for comparison
    promote      the challenger becomes champion          abort        the challenger is sent away
    rollback     the champion before comes back           keep         the watch ends, nothing happened
    trial        requests and clicks of both versions since the release began
    policy       how much proof a decision needs
    export       the same pipeline in the language of another engine, which runs the same steps

Reading order: `canary` (who meets it), `rates` (is it worse?), `policy` (what to decide), `release` (doing it);
`kubeflow` with `tasks`, `program` and `ir`; `katib`.

State lies in the registry: aliases, and "release": {"stage": "canary" | "watch", "version", "against", "since",
"share"}. `since` is the day on whose evening it began; the days after it count.
"""
