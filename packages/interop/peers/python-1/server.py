import asyncio
import os

import grpc.aio
import httpx
import uvicorn
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes, create_rest_routes
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import a2a_pb2 as pb
from a2a.types.a2a_pb2_grpc import add_A2AServiceServicer_to_server
from starlette.applications import Starlette

port, grpc_port = os.environ["PORT"], os.environ["GRPC_PORT"]
origin = f"http://127.0.0.1:{port}"


class Executor(AgentExecutor):
    """Does what the first word of a message says."""

    async def execute(self, context, event_queue):
        message = context.message
        text = message.parts[0].text if message.parts else ""
        word, _, rest = text.partition(" ")
        updater = TaskUpdater(event_queue, context.task_id, context.context_id)
        if word == "message" and not context.current_task:
            await event_queue.enqueue_event(updater.new_agent_message([pb.Part(text=rest)]))
            return
        if context.current_task:
            await updater.add_artifact([pb.Part(text=text)], artifact_id="answer")
            await updater.complete()
            return
        status = pb.TaskStatus(state=pb.TASK_STATE_SUBMITTED)
        task = pb.Task(id=context.task_id, context_id=context.context_id, status=status, history=[message])
        await event_queue.enqueue_event(task)
        if word == "echo":
            await updater.add_artifact([pb.Part(text=rest)], artifact_id="echo")
            await updater.complete()
        elif word == "parts":
            await updater.add_artifact(list(message.parts[1:]), artifact_id="parts")
            await updater.complete()
        elif word == "count":
            await updater.start_work()
            for piece in "123":
                await updater.add_artifact([pb.Part(text=piece)], artifact_id="count", append=piece != "1")
            await updater.complete()
        elif word == "ask":
            await updater.requires_input()
        elif word == "slow":
            await updater.start_work()
            first = True
            while True:
                await asyncio.sleep(0.2)
                await updater.add_artifact([pb.Part(text=".")], artifact_id="ticks", append=not first)
                first = False
        else:
            await updater.failed()

    async def cancel(self, context, event_queue):
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def interface(binding, url):
    return pb.AgentInterface(protocol_binding=binding, url=url, protocol_version="1.0")


def card(name):
    return pb.AgentCard(
        name=name,
        description="Does what the first word of a message says",
        version="1.0.0",
        supported_interfaces=[
            interface("JSONRPC", f"{origin}/jsonrpc"),
            interface("HTTP+JSON", origin),
            interface("GRPC", f"127.0.0.1:{grpc_port}"),
        ],
        capabilities=pb.AgentCapabilities(streaming=True, push_notifications=True, extended_agent_card=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[pb.AgentSkill(id="interop", name="Interop", description="Does what it is told", tags=["test"])],
    )


async def main():
    configs = InMemoryPushNotificationConfigStore()
    handler = DefaultRequestHandler(
        agent_executor=Executor(),
        task_store=InMemoryTaskStore(),
        agent_card=card("Interop"),
        push_config_store=configs,
        push_sender=BasePushNotificationSender(httpx.AsyncClient(), configs),
        extended_agent_card=card("Interop, extended"),
    )
    server = grpc.aio.server()
    add_A2AServiceServicer_to_server(GrpcHandler(handler), server)
    server.add_insecure_port(f"127.0.0.1:{grpc_port}")
    await server.start()
    routes = [
        *create_agent_card_routes(card("Interop")),
        *create_jsonrpc_routes(handler, "/jsonrpc"),
        *create_rest_routes(handler),
    ]
    app = Starlette(routes=routes)
    await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=int(port), log_level="warning")).serve()


asyncio.run(main())
