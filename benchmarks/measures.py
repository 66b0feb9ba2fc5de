"""What is measured, each as rounds of the sides that are compared: A B A B ..."""

from statistics import median

ONE_BY_ONE = 20  # orders a round; they are slow


def speed(worker, platforms, plan):
    """{platform: [{"connector", "batches", "single"} of each round]}"""
    rounds = {platform: [] for platform in platforms}
    for _ in range(plan.rounds):
        for platform in platforms:
            connector = worker("bring", platform=platform, orders=plan.orders)
            floor = {"platform": platform, "tag": "one"}
            rounds[platform].append(
                {
                    "connector": connector,
                    "batches": worker("floor", orders=plan.orders, batch=plan.batch, **floor),
                    "single": worker("floor", orders=ONE_BY_ONE, batch=1, **floor),
                }
            )
    return rounds


def two_workers(workers, platform, plan):
    """[{"connector", "batches"} of each round]: two processes on batches of their own.

    The pull is one job in one process; then both import at the same time.
    """
    rounds = []
    for _ in range(plan.rounds):
        staged = workers[0]("stage", platform=platform, orders=2 * plan.orders)
        jobs = staged.pop("jobs")
        parts = [{"jobs": jobs[index::2]} for index in range(2)]
        connector = _at_the_same_time(workers, "run_jobs", platform, parts)
        for key in ("wall", "python", "postgres", "queries", "http"):
            connector[key] += staged[key]
        parts = [{"orders": plan.orders, "batch": plan.batch, "tag": tag} for tag in "ab"]
        batches = _at_the_same_time(workers, "floor", platform, parts)
        rounds.append({"connector": connector, "batches": batches})
    return rounds


def _at_the_same_time(workers, do, platform, parts):
    """The sum of what both cost; the time is that of the slower one."""
    for worker, arguments in zip(workers, parts, strict=True):
        worker.ask(do, platform=platform, **arguments)
    answers = [worker.answer() for worker in workers]
    total = {key: sum(answer[key] for answer in answers) for key in answers[0]}
    return {**total, "wall": max(answer["wall"] for answer in answers)}


def databases(empty, large, platform, plan):
    """[{"empty", "large"} of each round]: the same orders in two databases."""
    return [
        {
            name: worker("bring", platform=platform, orders=plan.orders)
            for name, worker in (("empty", empty), ("large", large))
        }
        for _ in range(plan.rounds + 1)  # the ratio asked for is near to one
    ]


def idle(worker, platforms):
    """{platform: a pull that finds nothing new}"""
    return {platform: worker("idle", platform=platform) for platform in platforms}


def memory(worker, platform, plan):
    """[(orders so far, resident bytes of the worker)]"""
    points, orders = [], 0
    for goal in plan.memory:
        while orders < goal:
            orders += worker("bring", platform=platform, orders=plan.orders)["orders"]
        points.append((orders, worker("memory")["resident"]))
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
