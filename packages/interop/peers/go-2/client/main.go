// The client of the Go SDK, as packages/interop/src/driver.ts tells it: performs what comes in, line by line.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2aclient"
	"github.com/a2aproject/a2a-go/v2/a2aclient/agentcard"
	"github.com/a2aproject/a2a-go/v2/a2agrpc/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"parley/interop/stdio"
)

type arguments struct {
	Op                string            `json:"op"`
	Text              *string           `json:"text"`
	Parts             []json.RawMessage `json:"parts"`
	TaskID            string            `json:"taskId"`
	ContextID         string            `json:"contextId"`
	ReturnImmediately bool              `json:"returnImmediately"`
	Push              *a2a.PushConfig   `json:"push"`
	Version           string            `json:"version"`
}

type versionKey struct{}

// Replaces the version that the client announces.
type versioning struct {
	a2aclient.PassthroughInterceptor
}

func (versioning) Before(ctx context.Context, req *a2aclient.Request) (context.Context, any, error) {
	if version, told := ctx.Value(versionKey{}).(string); told {
		req.ServiceParams[a2a.SvcParamVersion] = []string{version}
	}
	return ctx, nil, nil
}

func part(raw json.RawMessage) (*a2a.Part, error) {
	var said struct {
		Text      *string `json:"text"`
		Data      any     `json:"data"`
		Bytes     []byte  `json:"bytes"`
		URL       string  `json:"url"`
		MediaType string  `json:"mediaType"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return nil, err
	}
	switch {
	case said.Text != nil:
		return a2a.NewTextPart(*said.Text), nil
	case said.Data != nil:
		return a2a.NewDataPart(said.Data), nil
	case said.Bytes != nil:
		made := a2a.NewRawPart(said.Bytes)
		made.MediaType = said.MediaType
		return made, nil
	default:
		return a2a.NewFileURLPart(a2a.URL(said.URL), said.MediaType), nil
	}
}

func request(args arguments) (*a2a.SendMessageRequest, error) {
	var parts []*a2a.Part
	if args.Text != nil {
		parts = append(parts, a2a.NewTextPart(*args.Text))
	}
	for _, raw := range args.Parts {
		made, err := part(raw)
		if err != nil {
			return nil, err
		}
		parts = append(parts, made)
	}
	message := a2a.NewMessage(a2a.MessageRoleUser, parts...)
	message.TaskID, message.ContextID = a2a.TaskID(args.TaskID), args.ContextID
	config := &a2a.SendMessageConfig{ReturnImmediately: args.ReturnImmediately, PushConfig: args.Push}
	return &a2a.SendMessageRequest{Message: message, Config: config}, nil
}

func perform(client *a2aclient.Client, card *a2a.AgentCard, line []byte, tell stdio.Tell) (any, error) {
	args := *stdio.Read[arguments](line)
	tellEvent := func(event any) { tell(a2a.StreamResponse{Event: event.(a2a.Event)}) }
	ctx := context.Background()
	if args.Version != "" {
		ctx = context.WithValue(ctx, versionKey{}, args.Version)
	}
	switch args.Op {
	case "card":
		return card, nil
	case "send":
		message, err := request(args)
		if err != nil {
			return nil, err
		}
		result, err := client.SendMessage(ctx, message)
		if err != nil {
			return nil, err
		}
		return a2a.StreamResponse{Event: result}, nil
	case "stream":
		message, err := request(args)
		if err != nil {
			return nil, err
		}
		return stdio.Follow(tellEvent, client.SendStreamingMessage(ctx, message))
	case "subscribe":
		return stdio.Follow(tellEvent, client.SubscribeToTask(ctx, stdio.Read[a2a.SubscribeToTaskRequest](line)))
	case "get":
		return client.GetTask(ctx, stdio.Read[a2a.GetTaskRequest](line))
	case "list":
		return client.ListTasks(ctx, stdio.Read[a2a.ListTasksRequest](line))
	case "cancel":
		return client.CancelTask(ctx, stdio.Read[a2a.CancelTaskRequest](line))
	case "push-create":
		return client.CreateTaskPushConfig(ctx, stdio.Read[a2a.PushConfig](line))
	case "push-get":
		return client.GetTaskPushConfig(ctx, stdio.Read[a2a.GetTaskPushConfigRequest](line))
	case "push-list":
		configs, err := client.ListTaskPushConfigs(ctx, stdio.Read[a2a.ListTaskPushConfigRequest](line))
		return map[string]any{"configs": configs}, err
	case "push-delete":
		return nil, client.DeleteTaskPushConfig(ctx, stdio.Read[a2a.DeleteTaskPushConfigRequest](line))
	case "extended-card":
		return client.GetExtendedAgentCard(ctx, &a2a.GetExtendedAgentCardRequest{})
	}
	return nil, fmt.Errorf("no operation is called %s", args.Op)
}

var reasons = map[string]error{
	"TASK_NOT_FOUND":        a2a.ErrTaskNotFound,
	"TASK_NOT_CANCELABLE":   a2a.ErrTaskNotCancelable,
	"UNSUPPORTED_OPERATION": a2a.ErrUnsupportedOperation,
	"VERSION_NOT_SUPPORTED": a2a.ErrVersionNotSupported,
	"INVALID_PARAMS":        a2a.ErrInvalidParams,
}

func main() {
	ctx := context.Background()
	url, binding := os.Args[1], a2a.TransportProtocol(os.Args[2])
	card, err := agentcard.DefaultResolver.Resolve(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	client, err := a2aclient.NewFromCard(
		ctx,
		card,
		a2agrpc.WithGRPCTransport(grpc.WithTransportCredentials(insecure.NewCredentials())),
		a2aclient.WithConfig(a2aclient.Config{PreferredTransports: []a2a.TransportProtocol{binding}}),
		a2aclient.WithCallInterceptors(versioning{}),
	)
	if err != nil {
		log.Fatal(err)
	}
	stdio.Drive(
		func(line []byte, tell stdio.Tell) (any, error) { return perform(client, card, line, tell) },
		func(err error) map[string]any { return stdio.Describe(err, reasons) },
	)
}
