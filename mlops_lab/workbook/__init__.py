"""Where the system is learned: exercises with judges and hints, progress, and notebooks that are run and compared.

Nothing below this room knows that it is being taught.

    begin      the first line of a notebook: plot style, a fresh temporary home, a lab fast-forwarded to a day
    show       a figure with a sentence for readers who do not see it; lineage draws what was made from what
    exercise   a title, hints, a solution and a reason, in exercises/NN.toml
    judge      a law about any implementation, in judges/nNN.py: an answer goes in, sentences of what is wrong come out
    feedback   what check, hint and solution return; check knows three states: not attempted, not yet, right
    record     progress.json beside the learner's copy of the notebooks, and nowhere else
    copy       the learner's own notebooks; updating the project never touches an edited one
    run        every notebook executed by papermill, and one page that shows how it went
    store      executing a notebook and saving its outputs so that the next time gives the same bytes

Reading order: `start`, `figures`, `exercises`, `boxed`, `judging`, `record`, `learner`, `run`, `pictures`, `graphs`,
`page`, `store`.

Adding an exercise, for example 05-2:
1. exercises/05.toml: a table ["05-2"] with kind, title, judge, two or more hints, solution, explained, right.
2. judges/n05.py: a function of the name given under `judge`, answer -> list of sentences, the most helpful one first
   (a second parameter `made` receives what begin returned: the world and the lab).
3. tests/workbook/answers/05.py: two or more plausible wrong answers, each refused in its own words.
4. the notebook: a cell with the placeholder `...`, then workbook.check("05-2", answer).
5. pytest tests/workbook: runs the solution, the placeholder and the wrong answers through the judge.

On disk: <home>/learn/ holds the copies, .mlops-lab-learner (JSON: what was copied) and progress.json;
<runs>/NNNN/ holds one run: executed notebooks, the same as web pages, run.json and index.html.
"""

from mlops_lab.doors import door

_HOMES = {
    "begin": "start",
    "show": "figures",
    "lineage": "graphs",
    "check": "judging",
    "hint": "judging",
    "solution": "judging",
    "progress": "record",
    "open_copy": "learner",
    "reset": "learner",
    "run_all": "run",
    "check_all": "run",
    "Story": "page",
    "store_outputs": "store",
}

__getattr__ = door(__name__, _HOMES)
