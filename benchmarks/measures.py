"""What is measured, in rounds of the sides that are compared: A B A B ..."""

from statistics import median

ONE_BY_ONE = 10  # orders a round; they are slow
NEWS = 50  # orders that a shop gets between two pulls


def bring(worker, platform, jobs):
    """Import ``jobs`` batches; what that cost, with these orders' share of the pull."""
    return _run([worker], platform, worker("take", platform=platform, jobs=jobs))


def _run(workers, platform, jobs):
    parts = [{"jobs": jobs[index :: len(workers)]} for index in range(len(workers))]
    imported = _at_the_same_time(workers, "run", platform, parts)
    staging = workers[0]("staging", platform=platform)
    share = imported["orders"] / staging["orders"]
    costs = ("wall", "python", "postgres", "queries", "http")
    return imported | {key: imported[key] + staging[key] * share for key in costs}


def _at_the_same_time(workers, do, platform, parts):
    """The sum of what all cost; the time is that of the slowest one."""
    for worker, arguments in zip(workers, parts, strict=True):
        worker.ask(do, platform=platform, **arguments)
    answers = [worker.answer() for worker in workers]
    total = {key: sum(answer[key] for answer in answers) for key in answers[0]}
    return {**total, "wall": max(answer["wall"] for answer in answers)}


def speed(worker, platforms, plan):
    """{platform: [{"connector", "batches", "single"} of each round]}"""
    rounds = {platform: [] for platform in platforms}
    for _ in range(plan.rounds):
        for platform in platforms:
            connector = bring(worker, platform, plan.jobs)
            floor = {"platform": platform, "tag": "one"}
            rounds[platform].append(
                {
                    "connector": connector,
                    "batches": worker("floor", orders=plan.orders, batch=plan.batch, **floor),
                    "single": worker("floor", orders=ONE_BY_ONE, batch=1, **floor),
                }
            )
    return rounds


def paid(worker, platforms, plan):
    """{platform: [{"connector", "batches"} of each round]}: to the posted, paid invoice."""
    rounds = {platform: [] for platform in platforms}
    for platform in platforms:
        worker("documents", platform=platform, wanted=True)
    for _ in range(plan.few_rounds):
        for platform in platforms:
            connector = bring(worker, platform, plan.jobs)
            floor = {"orders": plan.orders, "batch": plan.batch, "tag": "paid"}
            rounds[platform].append(
                {
                    "connector": connector,
                    "batches": worker("floor", platform=platform, **floor),
                }
            )
    for platform in platforms:
        worker("documents", platform=platform, wanted=False)
    return rounds


def two_workers(workers, platform, plan):
    """[{"connector", "batches"} of each round]: two processes on batches of their own.

    The pull is one job in one process; then both import at the same time. Each does two
    shares of work a round: the two do not stay in step, and conflicts are as in real life.
    """
    rounds = []
    for _ in range(plan.few_rounds):
        jobs = workers[0]("take", platform=platform, jobs=4 * plan.jobs)
        connector = _run(workers, platform, jobs)
        parts = [{"orders": 2 * plan.orders, "batch": plan.batch, "tag": tag} for tag in "ab"]
        batches = _at_the_same_time(workers, "floor", platform, parts)
        rounds.append({"connector": connector, "batches": batches})
    return rounds


def databases(empty, large, platform, plan):
    """[{"empty", "large"} of each round]: the same orders in two databases."""
    return [
        {
            "empty": bring(empty, platform, plan.jobs),
            "large": bring(large, platform, plan.jobs),
        }
        for _ in range(plan.rounds + 1)  # the ratio asked for is near to one
    ]


def pulls(worker, platforms):
    """{platform: {"news": a pull of NEWS orders, "idle": one that finds nothing new}}"""
    return {platform: worker("pulls", platform=platform, news=NEWS) for platform in platforms}


def memory(worker, platform, plan):
    """[(orders so far, resident bytes of the worker)]"""
    points, orders = [], 0
    for goal in plan.memory:
        while orders < goal:
            orders += bring(worker, platform, plan.jobs)["orders"]
        points.append((orders, worker("memory")))
    return points


# -- figures


def cost(meter, of):
    """Seconds (or a count) an order; ``of`` names fields of the meter, which are added."""
    return sum(meter[name] for name in of.split("+")) / meter["orders"]


def middle(rounds, side, of):
    return median(cost(one[side], of) for one in rounds)


def ratio(rounds, side, other, of):
    """Median of the rounds' own ratios: neighbours' load hits both sides of a round."""
    return median(cost(one[side], of) / cost(one[other], of) for one in rounds)
