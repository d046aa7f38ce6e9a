// The client of the Go SDK of 0.3, as packages/interop/src/driver.ts tells it: performs what comes in, line by line.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/a2aproject/a2a-go/a2a"
	"github.com/a2aproject/a2a-go/a2aclient"
	"github.com/a2aproject/a2a-go/a2aclient/agentcard"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"parley/interop/stdio"
)

type arguments struct {
	Op string `json:"op"`

	ID                string          `json:"id"`
	URL               string          `json:"url"`
	Text              *string         `json:"text"`
	Parts             []saidPart      `json:"parts"`
	TaskID            a2a.TaskID      `json:"taskId"`
	ContextID         string          `json:"contextId"`
	ReturnImmediately bool            `json:"returnImmediately"`
	Push              *a2a.PushConfig `json:"push"`
}

type saidPart struct {
	Text      *string        `json:"text"`
	Data      map[string]any `json:"data"`
	Bytes     string         `json:"bytes"`
	URL       string         `json:"url"`
	MediaType string         `json:"mediaType"`
}

func (said saidPart) part() a2a.Part {
	about := a2a.FileMeta{MimeType: said.MediaType}
	switch {
	case said.Text != nil:
		return a2a.TextPart{Text: *said.Text}
	case said.Data != nil:
		return a2a.DataPart{Data: said.Data}
	case said.Bytes != "":
		return a2a.FilePart{File: a2a.FileBytes{FileMeta: about, Bytes: said.Bytes}}
	default:
		return a2a.FilePart{File: a2a.FileURI{FileMeta: about, URI: said.URL}}
	}
}

func request(args arguments) *a2a.MessageSendParams {
	// Without any, the list is empty and not null.
	parts := []a2a.Part{}
	if args.Text != nil {
		parts = append(parts, a2a.TextPart{Text: *args.Text})
	}
	for _, said := range args.Parts {
		parts = append(parts, said.part())
	}
	message := a2a.NewMessage(a2a.MessageRoleUser, parts...)
	message.TaskID, message.ContextID = args.TaskID, args.ContextID
	blocking := !args.ReturnImmediately
	return &a2a.MessageSendParams{
		Message: message,
		Config:  &a2a.MessageSendConfig{Blocking: &blocking, PushConfig: args.Push},
	}
}

func perform(client *a2aclient.Client, card *a2a.AgentCard, line []byte, tell stdio.Tell) (any, error) {
	args := *stdio.Read[arguments](line)
	ctx := context.Background()
	switch args.Op {
	case "card":
		return card, nil
	case "send":
		return client.SendMessage(ctx, request(args))
	case "stream":
		return stdio.Follow(tell, client.SendStreamingMessage(ctx, request(args)))
	case "subscribe":
		return stdio.Follow(tell, client.ResubscribeToTask(ctx, &a2a.TaskIDParams{ID: a2a.TaskID(args.ID)}))
	case "get":
		return client.GetTask(ctx, &a2a.TaskQueryParams{ID: a2a.TaskID(args.ID)})
	case "cancel":
		return client.CancelTask(ctx, &a2a.TaskIDParams{ID: a2a.TaskID(args.ID)})
	case "push-create":
		config := a2a.PushConfig{ID: args.ID, URL: args.URL}
		return client.SetTaskPushConfig(ctx, &a2a.TaskPushConfig{TaskID: args.TaskID, Config: config})
	case "push-get":
		return client.GetTaskPushConfig(ctx, &a2a.GetTaskPushConfigParams{TaskID: args.TaskID, ConfigID: args.ID})
	case "push-list":
		configs, err := client.ListTaskPushConfig(ctx, &a2a.ListTaskPushConfigParams{TaskID: args.TaskID})
		return map[string]any{"configs": configs}, err
	case "push-delete":
		return nil, client.DeleteTaskPushConfig(ctx, &a2a.DeleteTaskPushConfigParams{TaskID: args.TaskID, ConfigID: args.ID})
	case "extended-card":
		return client.GetAgentCard(ctx)
	}
	return nil, fmt.Errorf("no operation is called %s", args.Op)
}

var reasons = map[string]error{
	"TASK_NOT_FOUND":        a2a.ErrTaskNotFound,
	"TASK_NOT_CANCELABLE":   a2a.ErrTaskNotCancelable,
	"UNSUPPORTED_OPERATION": a2a.ErrUnsupportedOperation,
	"INVALID_PARAMS":        a2a.ErrInvalidParams,
}

func describe(err error) map[string]any {
	told := stdio.Describe(err, reasons)
	// Over gRPC it hands on what gRPC gave it.
	if code := status.Code(err); code != codes.Unknown {
		told["grpc"] = code
	}
	return told
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
		a2aclient.WithGRPCTransport(grpc.WithTransportCredentials(insecure.NewCredentials())),
		a2aclient.WithConfig(a2aclient.Config{PreferredTransports: []a2a.TransportProtocol{binding}}),
	)
	if err != nil {
		log.Fatal(err)
	}
	stdio.Drive(
		func(line []byte, tell stdio.Tell) (any, error) { return perform(client, card, line, tell) },
		describe,
	)
}
