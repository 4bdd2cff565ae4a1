"""Takes instances through the calls and the worker that pyzeebe has, and prints what each came to as a line of JSON.

Arguments: the gateway's address, and the folder of the models.
"""

import asyncio
import json
import sys
from pathlib import Path

from pyzeebe import Job, JobController, ZeebeClient, ZeebeWorker, create_insecure_channel
from pyzeebe.errors import PyZeebeError


async def tell(call, made):
    try:
        answer = await made
    except PyZeebeError as refused:
        answer = type(refused).__name__
    print(json.dumps([call, answer]))


class Declined(Exception):
    """Known to the process as an error, not a failure."""


async def on_error(error: Exception, job: Job, job_controller: JobController):
    if isinstance(error, Declined):
        await job_controller.set_error_status(str(error), error_code="declined", variables={"reason": "poor"})
    else:
        await job_controller.set_failure_status(str(error))


class Orders:
    """Works on orders, and keeps what it saw: a first charge fails once, and that of `b-1` is declined."""

    def __init__(self, worker: ZeebeWorker):
        self.seen = {kind: asyncio.Queue() for kind in ("charge", "archive", "refund")}
        worker.task(task_type="charge", exception_handler=on_error)(self.charge)
        worker.task(task_type="archive")(self.archive)
        worker.task(task_type="refund")(self.refund)
        worker.task(task_type="add")(self.add)

    async def charge(self, job: Job):
        await self.seen["charge"].put(job)
        if job.variables["order"] == "b-1":
            raise Declined("poor")
        if job.retries == 3:
            raise ValueError("no coins")
        return {"paid": 5}

    async def archive(self, job: Job):
        await self.seen["archive"].put(job)

    async def refund(self, job: Job):
        await self.seen["refund"].put(job)

    async def add(self, a: int, b: int):
        return {"sum": a + b}

    async def next(self, kind: str):
        job = await asyncio.wait_for(self.seen[kind].get(), 20)
        return [job.element_id, dict(job.custom_headers), job.retries, dict(job.variables)]


async def roles(client: ZeebeClient):
    topology = await client.topology()
    return [partition.role.name for broker in topology.brokers for partition in broker.partitions]


async def deployed(client: ZeebeClient, models: Path, *names: str):
    deployments = (await client.deploy_resource(*[models / name for name in names])).deployments
    processes = [one for one in deployments if hasattr(one, "bpmn_process_id")]
    return [f"{process.bpmn_process_id} {process.version}" for process in processes]


async def result_of(client: ZeebeClient):
    result = await client.run_process_with_result("sum", {"a": 1, "b": 2}, variables_to_fetch=["sum"])
    return result.variables


async def evaluated(client: ZeebeClient, decision: str):
    return (await client.evaluate_decision(None, decision, {"amount": 200})).decision_output


async def done(call):
    await call
    return "done"


async def broadcast_until(seen: asyncio.Queue, client: ZeebeClient):
    """Who is not there yet misses a signal."""
    while seen.empty():
        await client.broadcast_signal("shipped", {"by": "ship"})
    return "done"


async def run(client: ZeebeClient, models: Path, orders: Orders):
    await tell("topology", roles(client))
    await tell("deploy", deployed(client, models, "order.bpmn", "sum.bpmn", "ticket.bpmn", "discount.dmn"))
    await tell("deploy what is broken", deployed(client, models, "broken.bpmn"))
    await tell("create what is not there", done(client.run_process("nothing")))
    await client.run_process("order", {"order": "a-1", "amount": 10})
    await tell("a job", orders.next("charge"))
    await tell("the same, failed once", orders.next("charge"))
    paid = {"name": "paid", "correlation_key": "a-1", "variables": {"receipt": "r-1"}, "message_id": "m-1"}
    await tell("publish", done(client.publish_message(**paid)))
    await tell("publish again", done(client.publish_message(**paid)))
    await tell("broadcast", broadcast_until(orders.seen["archive"], client))
    await tell("what came of it", orders.next("archive"))
    await client.run_process("order", {"order": "b-1", "amount": 10})
    await orders.next("charge")
    await tell("what caught the error", orders.next("refund"))
    await tell("create with its result", result_of(client))
    waiting = await client.run_process("ticket")
    await tell("cancel", done(client.cancel_process_instance(waiting.process_instance_key)))
    await tell("cancel again", done(client.cancel_process_instance(waiting.process_instance_key)))
    await tell("evaluate", evaluated(client, "discount"))
    await tell("evaluate what is not there", evaluated(client, "nothing"))


async def main(address: str, models: Path):
    channel = create_insecure_channel(grpc_address=address)
    client = ZeebeClient(channel)
    worker = ZeebeWorker(channel, stream_enabled=True)
    orders = Orders(worker)
    working = asyncio.create_task(worker.work())
    await run(client, models, orders)
    await worker.stop()
    working.cancel()


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
