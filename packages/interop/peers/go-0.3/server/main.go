// An agent on the Go SDK of 0.3: does what the first word of a message says.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/a2aproject/a2a-go/a2a"
	"github.com/a2aproject/a2a-go/a2agrpc"
	"github.com/a2aproject/a2a-go/a2asrv"
	"github.com/a2aproject/a2a-go/a2asrv/eventqueue"
	"github.com/a2aproject/a2a-go/a2asrv/push"
	"google.golang.org/grpc"
)

type executor struct{}

func (executor) Execute(ctx context.Context, rc *a2asrv.RequestContext, queue eventqueue.Queue) error {
	text := ""
	if len(rc.Message.Parts) > 0 {
		if first, is := rc.Message.Parts[0].(a2a.TextPart); is {
			text = first.Text
		}
	}
	word, rest, _ := strings.Cut(text, " ")
	status := func(state a2a.TaskState) error {
		event := a2a.NewStatusUpdateEvent(rc, state, nil)
		event.Final = state.Terminal() || state == a2a.TaskStateInputRequired
		return queue.Write(ctx, event)
	}
	artifact := func(id string, again bool, parts ...a2a.Part) error {
		event := a2a.NewArtifactUpdateEvent(rc, a2a.ArtifactID(id), parts...)
		event.Append = again
		return queue.Write(ctx, event)
	}
	answer := func(id string, parts ...a2a.Part) error {
		if err := artifact(id, false, parts...); err != nil {
			return err
		}
		return status(a2a.TaskStateCompleted)
	}
	if rc.StoredTask != nil {
		return answer("answer", a2a.TextPart{Text: text})
	}
	if word == "message" {
		return queue.Write(ctx, a2a.NewMessage(a2a.MessageRoleAgent, a2a.TextPart{Text: rest}))
	}
	if err := queue.Write(ctx, a2a.NewSubmittedTask(rc, rc.Message)); err != nil {
		return err
	}
	switch word {
	case "echo":
		return answer("echo", a2a.TextPart{Text: rest})
	case "parts":
		return answer("parts", rc.Message.Parts[1:]...)
	case "count":
		if err := status(a2a.TaskStateWorking); err != nil {
			return err
		}
		for _, piece := range []string{"1", "2", "3"} {
			if err := artifact("count", piece != "1", a2a.TextPart{Text: piece}); err != nil {
				return err
			}
		}
		return status(a2a.TaskStateCompleted)
	case "ask":
		return status(a2a.TaskStateInputRequired)
	case "slow":
		if err := status(a2a.TaskStateWorking); err != nil {
			return err
		}
		for tick := 0; ; tick++ {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(200 * time.Millisecond):
				if err := artifact("ticks", tick > 0, a2a.TextPart{Text: "."}); err != nil {
					return err
				}
			}
		}
	default:
		return status(a2a.TaskStateFailed)
	}
}

func (executor) Cancel(ctx context.Context, rc *a2asrv.RequestContext, queue eventqueue.Queue) error {
	event := a2a.NewStatusUpdateEvent(rc, a2a.TaskStateCanceled, nil)
	event.Final = true
	return queue.Write(ctx, event)
}

func card(name, origin, grpcAddress string) *a2a.AgentCard {
	return &a2a.AgentCard{
		ProtocolVersion:    "0.3.0",
		Name:               name,
		Description:        "Does what the first word of a message says",
		Version:            "1.0.0",
		URL:                origin + "/jsonrpc",
		PreferredTransport: a2a.TransportProtocolJSONRPC,
		AdditionalInterfaces: []a2a.AgentInterface{
			{URL: origin + "/jsonrpc", Transport: a2a.TransportProtocolJSONRPC},
			{URL: grpcAddress, Transport: a2a.TransportProtocolGRPC},
		},
		Capabilities:                      a2a.AgentCapabilities{Streaming: true, PushNotifications: true},
		SupportsAuthenticatedExtendedCard: true,
		DefaultInputModes:                 []string{"text/plain"},
		DefaultOutputModes:                []string{"text/plain"},
		Skills: []a2a.AgentSkill{
			{ID: "interop", Name: "Interop", Description: "Does what it is told", Tags: []string{"test"}},
		},
	}
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	grpcAddress := "127.0.0.1:" + os.Getenv("GRPC_PORT")
	origin := "http://" + address
	handler := a2asrv.NewHandler(
		executor{},
		a2asrv.WithExtendedAgentCard(card("Interop, extended", origin, grpcAddress)),
		a2asrv.WithPushNotifications(push.NewInMemoryStore(), push.NewHTTPPushSender(&push.HTTPSenderConfig{})),
	)

	listener, err := net.Listen("tcp", grpcAddress)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	a2agrpc.NewHandler(handler).RegisterWith(server)
	go func() { log.Fatal(server.Serve(listener)) }()

	mux := http.NewServeMux()
	mux.Handle(a2asrv.WellKnownAgentCardPath, a2asrv.NewStaticAgentCardHandler(card("Interop", origin, grpcAddress)))
	mux.Handle("/jsonrpc", a2asrv.NewJSONRPCHandler(handler))
	log.Fatal(http.ListenAndServe(address, mux))
}
