//! An agent on the Rust SDK: does what the first word of a message says.
use std::env;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use a2a::*;
use a2a_grpc::GrpcHandler;
use a2a_pb::proto::a2a_service_server::A2aServiceServer;
use a2a_server::*;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::json;

type Events = BoxStream<'static, Result<StreamResponse, A2AError>>;

struct Agent;

impl AgentExecutor for Agent {
    fn execute(&self, context: ExecutorContext) -> Events {
        let (task_id, context_id) = context.task_info();
        let message = context
            .message
            .unwrap_or_else(|| Message::new(Role::User, vec![]));
        let text = message.text().unwrap_or_default().to_owned();
        let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));

        let status = |state| {
            StreamResponse::StatusUpdate(TaskStatusUpdateEvent {
                task_id: task_id.clone(),
                context_id: context_id.clone(),
                status: now(state),
                metadata: None,
            })
        };
        let artifact = |id: &str, append, parts| {
            StreamResponse::ArtifactUpdate(TaskArtifactUpdateEvent {
                task_id: task_id.clone(),
                context_id: context_id.clone(),
                artifact: Artifact {
                    artifact_id: id.to_owned(),
                    name: None,
                    description: None,
                    parts,
                    metadata: None,
                    extensions: None,
                },
                append: Some(append),
                last_chunk: None,
                metadata: None,
            })
        };
        let words = |text: &str| vec![Part::text(text)];

        if message.task_id.is_some() {
            return all(vec![
                artifact("answer", false, words(&text)),
                status(TaskState::Completed),
            ]);
        }
        if word == "message" {
            let answer = Message::new(Role::Agent, words(rest));
            return all(vec![StreamResponse::Message(answer)]);
        }
        let begun = StreamResponse::Task(Task {
            id: task_id.clone(),
            context_id: context_id.clone(),
            status: now(TaskState::Submitted),
            artifacts: None,
            history: Some(vec![message.clone()]),
            metadata: None,
        });
        let events = match word {
            "echo" => all(vec![
                artifact("echo", false, words(rest)),
                status(TaskState::Completed),
            ]),
            "parts" => {
                let parts = message.parts[1..].to_vec();
                all(vec![
                    artifact("parts", false, parts),
                    status(TaskState::Completed),
                ])
            }
            "count" => {
                let pieces =
                    ["1", "2", "3"].map(|piece| artifact("count", piece != "1", words(piece)));
                let mut events = vec![status(TaskState::Working)];
                events.extend(pieces);
                events.push(status(TaskState::Completed));
                all(events)
            }
            "ask" => all(vec![status(TaskState::InputRequired)]),
            "slow" => {
                let first = artifact("ticks", false, words("."));
                let further = artifact("ticks", true, words("."));
                let ticks = stream::once(async { first }).chain(stream::repeat(further));
                let ticking = ticks.then(async |tick| {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    Ok(tick)
                });
                all(vec![status(TaskState::Working)]).chain(ticking).boxed()
            }
            _ => all(vec![status(TaskState::Failed)]),
        };
        all(vec![begun]).chain(events).boxed()
    }

    fn cancel(&self, context: ExecutorContext) -> Events {
        let (task_id, context_id) = context.task_info();
        let status = now(TaskState::Canceled);
        let event = TaskStatusUpdateEvent {
            task_id,
            context_id,
            status,
            metadata: None,
        };
        all(vec![StreamResponse::StatusUpdate(event)])
    }
}

fn now(state: TaskState) -> TaskStatus {
    TaskStatus {
        state,
        message: None,
        timestamp: None,
    }
}

fn all(events: Vec<StreamResponse>) -> Events {
    stream::iter(events.into_iter().map(Ok)).boxed()
}

fn card(name: &str, origin: &str, grpc: &str) -> AgentCard {
    let interface = |url: String, binding| json!({ "url": url, "protocolBinding": binding, "protocolVersion": "1.0" });
    let card = json!({
        "name": name,
        "description": "Does what the first word of a message says",
        "version": "1.0.0",
        "supportedInterfaces": [
            interface(format!("{origin}/jsonrpc"), TRANSPORT_PROTOCOL_JSONRPC),
            interface(format!("{origin}/rest"), TRANSPORT_PROTOCOL_HTTP_JSON),
            interface(grpc.to_owned(), TRANSPORT_PROTOCOL_GRPC),
        ],
        "capabilities": { "streaming": true, "pushNotifications": true, "extendedAgentCard": true },
        "defaultInputModes": ["text/plain"],
        "defaultOutputModes": ["text/plain"],
        "skills": [{ "id": "interop", "name": "Interop", "description": "Does what it is told", "tags": ["test"] }],
    });
    serde_json::from_value(card).expect("a card")
}

#[tokio::main]
async fn main() {
    let address = |port| format!("127.0.0.1:{}", env::var(port).expect(port));
    let (http, grpc) = (address("PORT"), address("GRPC_PORT"));
    let origin = format!("http://{http}");
    let public = card("Interop", &origin, &grpc);

    let sender = HttpPushSender::new(Some(HttpPushSenderConfig {
        validate_urls: false,
        ..Default::default()
    }));
    let handler = DefaultRequestHandler::new(Agent, InMemoryTaskStore::new())
        .with_capabilities(public.capabilities.clone())
        .with_push_notifications(InMemoryPushConfigStore::new(), sender)
        .with_extended_agent_card(card("Interop, extended", &origin, &grpc));
    let handler = Arc::new(handler);

    let app = axum::Router::new()
        .nest(
            "/jsonrpc",
            a2a_server::jsonrpc::jsonrpc_router(handler.clone()),
        )
        .nest("/rest", rest::rest_router(handler.clone()))
        .merge(a2a_server::agent_card::agent_card_router(Arc::new(
            StaticAgentCard::new(public),
        )));
    let listener = tokio::net::TcpListener::bind(&http)
        .await
        .expect("a free port");
    let service = A2aServiceServer::new(GrpcHandler::new(handler));
    let services = tonic::transport::Server::builder().add_service(service);
    tokio::select! {
        ended = axum::serve(listener, app).into_future() => ended.expect("HTTP"),
        ended = services.serve(grpc.parse().expect("an address")) => ended.expect("gRPC"),
    }
}
