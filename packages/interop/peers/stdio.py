"""The client's side of src/driver.ts: performs what comes in, line by line, side by side."""

import asyncio
import inspect
import json
import sys


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def drive(operations, describe):
    """operations: by name, a coroutine or an async generator of events; describe: what an error says of itself."""
    loop = asyncio.get_running_loop()
    running = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = asyncio.create_task(perform(json.loads(line), operations, describe))
        running.add(task)
        task.add_done_callback(running.discard)


async def perform(args, operations, describe):
    call, op = args.pop("call"), args.pop("op")
    try:
        answer = operations[op](args)
        if inspect.isasyncgen(answer):
            async for event in answer:
                say({"call": call, "event": event})
            say({"call": call, "result": None})
        else:
            say({"call": call, "result": await answer})
    except Exception as error:
        say({"call": call, "error": {"message": str(error), **describe(error)}})
