//! The client of the Rust SDK, as packages/interop/src/driver.ts tells it: performs what comes in, line by line.
use std::env;
use std::sync::Arc;

use a2a::*;
use a2a_client::agent_card::AgentCardResolver;
use a2a_client::middleware::CallInterceptor;
use a2a_client::transport::ServiceParams;
use a2a_client::{A2AClient, A2AClientFactory, Transport};
use a2a_grpc::GrpcTransportFactory;
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use serde::Deserialize;
use serde_json::{Value, from_value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

type Client = A2AClient<Box<dyn Transport>>;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Arguments {
    call: u64,
    op: String,
    text: Option<String>,
    parts: Vec<Value>,
    task_id: Option<String>,
    context_id: Option<String>,
    return_immediately: bool,
    push: Option<TaskPushNotificationConfig>,
    version: Option<String>,
}

tokio::task_local! {
    /// What this call announces instead of the client's own version.
    static ANNOUNCED: Option<String>;
}

struct Versioning;

#[async_trait]
impl CallInterceptor for Versioning {
    async fn before(&self, _: &str, params: &mut ServiceParams) -> Result<(), A2AError> {
        if let Some(version) = ANNOUNCED.get() {
            params.insert(SVC_PARAM_VERSION.to_owned(), vec![version]);
        }
        Ok(())
    }
}

fn part(mut said: Value) -> Result<Part, A2AError> {
    let fields = said.as_object_mut().expect("a part is an object");
    if let Some(bytes) = fields.remove("bytes") {
        fields.insert("raw".to_owned(), bytes);
    }
    read(said)
}

fn message(args: Arguments) -> Result<SendMessageRequest, A2AError> {
    let text = args.text.map(|text| Ok(Part::text(text)));
    let parts = text.into_iter().chain(args.parts.into_iter().map(part));
    let mut message = Message::new(Role::User, parts.collect::<Result<_, _>>()?);
    message.task_id = args.task_id;
    message.context_id = args.context_id;
    let configuration = SendMessageConfiguration {
        accepted_output_modes: None,
        task_push_notification_config: args.push,
        history_length: None,
        return_immediately: Some(args.return_immediately),
    };
    Ok(SendMessageRequest {
        message,
        configuration: Some(configuration),
        metadata: None,
        tenant: None,
    })
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, A2AError> {
    from_value(value).map_err(|error| A2AError::internal(error.to_string()))
}

fn write(value: impl serde::Serialize) -> Result<Value, A2AError> {
    serde_json::to_value(value).map_err(|error| A2AError::internal(error.to_string()))
}

async fn follow(
    call: u64,
    mut events: BoxStream<'static, Result<StreamResponse, A2AError>>,
) -> Result<Value, A2AError> {
    while let Some(event) = events.next().await {
        println!("{}", json_line(call, "event", write(event?)?));
    }
    Ok(Value::Null)
}

/// The runner knows an answer by its first key.
fn json_line(call: u64, key: &str, value: Value) -> String {
    format!(r#"{{"call":{call},"{key}":{value}}}"#)
}

async fn perform(
    client: &Client,
    card: &AgentCard,
    args: Arguments,
    line: Value,
) -> Result<Value, A2AError> {
    let call = args.call;
    match args.op.as_str() {
        "card" => write(card),
        "send" => write(client.send_message(&message(args)?).await?),
        "stream" => follow(call, client.send_streaming_message(&message(args)?).await?).await,
        "subscribe" => follow(call, client.subscribe_to_task(&read(line)?).await?).await,
        "get" => write(client.get_task(&read(line)?).await?),
        "list" => write(client.list_tasks(&read(line)?).await?),
        "cancel" => write(client.cancel_task(&read(line)?).await?),
        "push-create" => write(client.create_push_config(&read(line)?).await?),
        "push-get" => write(client.get_push_config(&read(line)?).await?),
        "push-list" => write(client.list_push_configs(&read(line)?).await?),
        "push-delete" => write(client.delete_push_config(&read(line)?).await?),
        "extended-card" => write(
            client
                .get_extended_agent_card(&GetExtendedAgentCardRequest { tenant: None })
                .await?,
        ),
        op => Err(A2AError::internal(format!("no operation is called {op}"))),
    }
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = env::args().collect();
    let [_, url, binding, ..] = &words[..] else {
        panic!("client <url> <binding>")
    };
    let card = AgentCardResolver::new(None)
        .resolve(url)
        .await
        .expect("a card");
    let factory = A2AClientFactory::builder()
        .register(Arc::new(GrpcTransportFactory::new()))
        .preferred_bindings(vec![binding.clone()])
        .with_interceptor(Arc::new(Versioning))
        .build();
    let client = factory.create_from_card(&card).await.expect("a client");
    let shared = Arc::new((client, card));

    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await.expect("a line") {
        let shared = shared.clone();
        tokio::spawn(async move {
            let line: Value = serde_json::from_str(&line).expect("JSON");
            let args: Arguments = from_value(line.clone()).expect("arguments");
            let (call, announced) = (args.call, args.version.clone());
            let answer = ANNOUNCED
                .scope(announced, perform(&shared.0, &shared.1, args, line))
                .await;
            let said = match answer {
                Ok(result) => json_line(call, "result", result),
                Err(error) => json_line(
                    call,
                    "error",
                    json!({ "code": error.code, "message": error.message }),
                ),
            };
            println!("{said}");
        });
    }
}
