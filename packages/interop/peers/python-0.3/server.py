import asyncio
import os

import grpc.aio
import httpx
import uvicorn
from a2a.server.agent_execution import AgentExecutor
from a2a.server.apps import A2ARESTFastAPIApplication, A2AStarletteApplication
from a2a.grpc.a2a_pb2_grpc import add_A2AServiceServicer_to_server
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import AgentCard, Part, Task, TaskState, TaskStatus, TextPart

port, grpc_port = os.environ["PORT"], os.environ["GRPC_PORT"]
origin = f"http://127.0.0.1:{port}"


def spoken(text):
    return [Part(root=TextPart(text=text))]


class Executor(AgentExecutor):
    """Does what the first word of a message says."""

    def __init__(self):
        self.canceled = set()

    async def execute(self, context, event_queue):
        message = context.message
        text = getattr(message.parts[0].root, "text", "") if message.parts else ""
        word, _, rest = text.partition(" ")
        updater = TaskUpdater(event_queue, context.task_id, context.context_id)
        if word == "message" and not context.current_task:
            await event_queue.enqueue_event(updater.new_agent_message(spoken(rest)))
            return
        if context.current_task:
            await updater.add_artifact(spoken(text), artifact_id="answer")
            await updater.complete()
            return
        status = TaskStatus(state=TaskState.submitted)
        task = Task(id=context.task_id, context_id=context.context_id, status=status, history=[message])
        await event_queue.enqueue_event(task)
        if word == "echo":
            await updater.add_artifact(spoken(rest), artifact_id="echo")
            await updater.complete()
        elif word == "parts":
            await updater.add_artifact(message.parts[1:], artifact_id="parts")
            await updater.complete()
        elif word == "count":
            await updater.start_work()
            for piece in "123":
                await updater.add_artifact(spoken(piece), artifact_id="count", append=piece != "1")
            await updater.complete()
        elif word == "ask":
            await updater.requires_input(final=True)
        elif word == "slow":
            await updater.start_work()
            first = True
            while context.task_id not in self.canceled:
                await asyncio.sleep(0.2)
                await updater.add_artifact(spoken("."), artifact_id="ticks", append=not first)
                first = False
        else:
            await updater.failed()

    async def cancel(self, context, event_queue):
        self.canceled.add(context.task_id)
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def card(name):
    return AgentCard.model_validate(
        {
            "protocolVersion": "0.3.0",
            "name": name,
            "description": "Does what the first word of a message says",
            "version": "1.0.0",
            "url": f"{origin}/",
            "preferredTransport": "JSONRPC",
            "additionalInterfaces": [
                {"url": f"{origin}/", "transport": "JSONRPC"},
                {"url": origin, "transport": "HTTP+JSON"},
                {"url": f"127.0.0.1:{grpc_port}", "transport": "GRPC"},
            ],
            "capabilities": {"streaming": True, "pushNotifications": True},
            "supportsAuthenticatedExtendedCard": True,
            "defaultInputModes": ["text/plain"],
            "defaultOutputModes": ["text/plain"],
            "skills": [
                {"id": "interop", "name": "Interop", "description": "Does what it is told", "tags": ["test"]}
            ],
        }
    )


configs = InMemoryPushNotificationConfigStore()
handler = DefaultRequestHandler(
    agent_executor=Executor(),
    task_store=InMemoryTaskStore(),
    push_config_store=configs,
    push_sender=BasePushNotificationSender(httpx.AsyncClient(), configs),
)
cards = {"agent_card": card("Interop"), "extended_agent_card": card("Interop, extended")}
app = A2ARESTFastAPIApplication(http_handler=handler, **cards).build()
A2AStarletteApplication(http_handler=handler, **cards).add_routes_to_app(app)


async def main():
    server = grpc.aio.server()
    # Over gRPC there is one card, which is for everybody.
    add_A2AServiceServicer_to_server(GrpcHandler(cards["extended_agent_card"], handler), server)
    server.add_insecure_port(f"127.0.0.1:{grpc_port}")
    await server.start()
    await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=int(port), log_level="warning")).serve()


asyncio.run(main())
