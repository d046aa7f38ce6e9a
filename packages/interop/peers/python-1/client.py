import asyncio
import base64
import sys
import uuid
from pathlib import Path

import grpc.aio
import httpx
from a2a.client import A2ACardResolver, ClientCallContext, ClientConfig, ClientFactory
from a2a.types import a2a_pb2 as pb
from google.protobuf.json_format import MessageToDict, ParseDict

sys.path.insert(0, str(Path(__file__).parent.parent))
from stdio import drive  # noqa: E402

url, binding = sys.argv[1:3]


def part(said):
    if "data" in said:
        return ParseDict({"data": said["data"]}, pb.Part())
    if "bytes" in said:
        return pb.Part(raw=base64.b64decode(said["bytes"]), media_type=said["mediaType"])
    if "url" in said:
        return pb.Part(url=said["url"], media_type=said["mediaType"])
    return pb.Part(text=said["text"])


def request(args):
    said = ([{"text": args["text"]}] if "text" in args else []) + args.get("parts", [])
    message = pb.Message(
        message_id=str(uuid.uuid4()),
        role=pb.ROLE_USER,
        parts=[part(each) for each in said],
        task_id=args.get("taskId", ""),
        context_id=args.get("contextId", ""),
    )
    configuration = pb.SendMessageConfiguration(return_immediately=args.get("returnImmediately", False))
    if "push" in args:
        ParseDict(args["push"], configuration.task_push_notification_config)
    return pb.SendMessageRequest(message=message, configuration=configuration)


def context(args):
    parameters = {"A2A-Version": args["version"]} if "version" in args else None
    return ClientCallContext(service_parameters=parameters)


async def main():
    async with httpx.AsyncClient(timeout=30) as http:
        card = await A2ACardResolver(http, url).get_agent_card()

        def client(streaming):
            config = ClientConfig(
                streaming=streaming,
                httpx_client=http,
                grpc_channel_factory=grpc.aio.insecure_channel,
                supported_protocol_bindings=[binding],
            )
            return ClientFactory(config).create(card)

        sending, streaming = client(False), client(True)

        async def send(args):
            async for response in sending.send_message(request(args), context=context(args)):
                return MessageToDict(response)

        async def stream(args):
            async for response in streaming.send_message(request(args)):
                yield MessageToDict(response)

        async def subscribe(args):
            async for response in streaming.subscribe(ParseDict(args, pb.SubscribeToTaskRequest())):
                yield MessageToDict(response)

        def unary(method, message):
            async def perform(args):
                answer = await method(ParseDict(args, message()))
                return None if answer is None else MessageToDict(answer)

            return perform

        async def public_card(_args):
            return MessageToDict(card)

        await drive(
            {
                "card": public_card,
                "send": send,
                "stream": stream,
                "subscribe": subscribe,
                "get": unary(sending.get_task, pb.GetTaskRequest),
                "list": unary(sending.list_tasks, pb.ListTasksRequest),
                "cancel": unary(sending.cancel_task, pb.CancelTaskRequest),
                "push-create": unary(
                    sending.create_task_push_notification_config, pb.TaskPushNotificationConfig
                ),
                "push-get": unary(
                    sending.get_task_push_notification_config, pb.GetTaskPushNotificationConfigRequest
                ),
                "push-list": unary(
                    sending.list_task_push_notification_configs, pb.ListTaskPushNotificationConfigsRequest
                ),
                "push-delete": unary(
                    sending.delete_task_push_notification_config,
                    pb.DeleteTaskPushNotificationConfigRequest,
                ),
                "extended-card": unary(sending.get_extended_agent_card, pb.GetExtendedAgentCardRequest),
            },
            lambda error: {"name": type(error).__name__},
        )


asyncio.run(main())
