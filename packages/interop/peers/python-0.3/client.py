import asyncio
import sys
import uuid
from pathlib import Path

import grpc.aio
import httpx
from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.types import (
    GetTaskPushNotificationConfigParams,
    Message,
    MessageSendConfiguration,
    TaskIdParams,
    TaskPushNotificationConfig,
    TaskQueryParams,
)

sys.path.insert(0, str(Path(__file__).parent.parent))
from stdio import drive  # noqa: E402

url, binding = sys.argv[1:3]


def dump(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def part(said):
    if "data" in said:
        return {"kind": "data", "data": said["data"]}
    if "bytes" in said:
        return {"kind": "file", "file": {"bytes": said["bytes"], "mimeType": said["mediaType"]}}
    if "url" in said:
        return {"kind": "file", "file": {"uri": said["url"], "mimeType": said["mediaType"]}}
    return {"kind": "text", "text": said["text"]}


def message(args):
    said = ([{"text": args["text"]}] if "text" in args else []) + args.get("parts", [])
    fields = {"messageId": str(uuid.uuid4()), "role": "user", "parts": [part(each) for each in said]}
    ids = {name: args[name] for name in ("taskId", "contextId") if name in args}
    return Message.model_validate({**fields, **ids})


def configuration(args):
    fields = {"blocking": not args.get("returnImmediately", False)}
    if "push" in args:
        fields["pushNotificationConfig"] = args["push"]
    return MessageSendConfiguration.model_validate(fields)


def describe(error):
    """Its errors hold the JSON-RPC error, or a status and no more."""
    told = {"name": type(error).__name__}
    code = getattr(getattr(error, "error", None), "code", None)
    if code is not None:
        told["code"] = code
    status = getattr(error, "status_code", None)
    if status is not None:
        told["status"] = status
    if isinstance(error, grpc.aio.AioRpcError):
        told["grpc"] = error.code().value[0]
    return told


async def main():
    async with httpx.AsyncClient(timeout=30) as http:
        card = await A2ACardResolver(http, url).get_agent_card()

        def client(streaming):
            config = ClientConfig(
                streaming=streaming,
                httpx_client=http,
                grpc_channel_factory=grpc.aio.insecure_channel,
                supported_transports=[binding],
                use_client_preference=True,
            )
            return ClientFactory(config).create(card)

        sending, streaming = client(False), client(True)

        async def send(args):
            async for answer in sending.send_message(message(args), configuration=configuration(args)):
                return dump(answer[0] if isinstance(answer, tuple) else answer)

        async def events(stream):
            async for event in stream:
                yield dump((event[1] or event[0]) if isinstance(event, tuple) else event)

        async def public_card(_args):
            return dump(card)

        async def extended_card(_args):
            return dump(await client(False).get_card())

        async def get(args):
            return dump(await sending.get_task(TaskQueryParams(id=args["id"])))

        async def cancel(args):
            return dump(await sending.cancel_task(TaskIdParams(id=args["id"])))

        async def push_create(args):
            config = {"id": args["id"], "url": args["url"]}
            params = {"taskId": args["taskId"], "pushNotificationConfig": config}
            return dump(await sending.set_task_callback(TaskPushNotificationConfig.model_validate(params)))

        async def push_get(args):
            params = {"id": args["taskId"], "pushNotificationConfigId": args["id"]}
            return dump(
                await sending.get_task_callback(GetTaskPushNotificationConfigParams.model_validate(params))
            )

        await drive(
            {
                "card": public_card,
                "send": send,
                "stream": lambda args: events(
                    streaming.send_message(message(args), configuration=configuration(args))
                ),
                "subscribe": lambda args: events(streaming.resubscribe(TaskIdParams(id=args["id"]))),
                "get": get,
                "cancel": cancel,
                "push-create": push_create,
                "push-get": push_get,
                "extended-card": extended_card,
            },
            describe,
        )


asyncio.run(main())
