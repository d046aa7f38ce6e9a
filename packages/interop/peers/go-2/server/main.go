// An agent on the Go SDK: does what the first word of a message says.
package main

import (
	"context"
	"fmt"
	"iter"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2agrpc/v1"
	"github.com/a2aproject/a2a-go/v2/a2asrv"
	"github.com/a2aproject/a2a-go/v2/a2asrv/push"
	"google.golang.org/grpc"
)

type executor struct{}

func (executor) Execute(ctx context.Context, ec *a2asrv.ExecutorContext) iter.Seq2[a2a.Event, error] {
	return func(yield func(a2a.Event, error) bool) {
		text := ""
		if len(ec.Message.Parts) > 0 {
			text = ec.Message.Parts[0].Text()
		}
		word, rest, _ := strings.Cut(text, " ")
		status := func(state a2a.TaskState) bool {
			return yield(a2a.NewStatusUpdateEvent(ec, state, nil), nil)
		}
		artifact := func(id string, again bool, parts ...*a2a.Part) bool {
			event := a2a.NewArtifactUpdateEvent(ec, a2a.ArtifactID(id), parts...)
			event.Append = again
			return yield(event, nil)
		}
		if ec.StoredTask != nil {
			_ = artifact("answer", false, a2a.NewTextPart(text)) && status(a2a.TaskStateCompleted)
			return
		}
		if word == "message" {
			yield(a2a.NewMessage(a2a.MessageRoleAgent, a2a.NewTextPart(rest)), nil)
			return
		}
		if !yield(a2a.NewSubmittedTask(ec, ec.Message), nil) {
			return
		}
		switch word {
		case "echo":
			_ = artifact("echo", false, a2a.NewTextPart(rest)) && status(a2a.TaskStateCompleted)
		case "parts":
			_ = artifact("parts", false, ec.Message.Parts[1:]...) && status(a2a.TaskStateCompleted)
		case "count":
			on := status(a2a.TaskStateWorking)
			for _, piece := range []string{"1", "2", "3"} {
				on = on && artifact("count", piece != "1", a2a.NewTextPart(piece))
			}
			_ = on && status(a2a.TaskStateCompleted)
		case "ask":
			status(a2a.TaskStateInputRequired)
		case "slow":
			on := status(a2a.TaskStateWorking)
			for tick := 0; on; tick++ {
				select {
				case <-ctx.Done():
					return
				case <-time.After(200 * time.Millisecond):
					on = artifact("ticks", tick > 0, a2a.NewTextPart("."))
				}
			}
		default:
			status(a2a.TaskStateFailed)
		}
	}
}

func (executor) Cancel(_ context.Context, ec *a2asrv.ExecutorContext) iter.Seq2[a2a.Event, error] {
	return func(yield func(a2a.Event, error) bool) {
		yield(a2a.NewStatusUpdateEvent(ec, a2a.TaskStateCanceled, nil), nil)
	}
}

// Only authenticated callers list tasks; here everybody is one.
type everybody struct {
	a2asrv.PassthroughCallInterceptor
}

func (everybody) Before(ctx context.Context, call *a2asrv.CallContext, _ *a2asrv.Request) (context.Context, any, error) {
	call.User = a2asrv.NewAuthenticatedUser("everybody", nil)
	return ctx, nil, nil
}

func card(name, origin, grpcAddress string) *a2a.AgentCard {
	return &a2a.AgentCard{
		Name:        name,
		Description: "Does what the first word of a message says",
		Version:     "1.0.0",
		SupportedInterfaces: []*a2a.AgentInterface{
			a2a.NewAgentInterface(origin+"/jsonrpc", a2a.TransportProtocolJSONRPC),
			a2a.NewAgentInterface(origin+"/rest", a2a.TransportProtocolHTTPJSON),
			a2a.NewAgentInterface(grpcAddress, a2a.TransportProtocolGRPC),
		},
		Capabilities:       a2a.AgentCapabilities{Streaming: true, PushNotifications: true, ExtendedAgentCard: true},
		DefaultInputModes:  []string{"text/plain"},
		DefaultOutputModes: []string{"text/plain"},
		Skills: []a2a.AgentSkill{
			{ID: "interop", Name: "Interop", Description: "Does what it is told", Tags: []string{"test"}},
		},
	}
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	grpcAddress := "127.0.0.1:" + os.Getenv("GRPC_PORT")
	origin := fmt.Sprintf("http://%s", address)
	handler := a2asrv.NewHandler(
		executor{},
		a2asrv.WithExtendedAgentCard(card("Interop, extended", origin, grpcAddress)),
		a2asrv.WithCapabilityChecks(&card("Interop", origin, grpcAddress).Capabilities),
		a2asrv.WithPushNotifications(
			push.NewInMemoryStore(),
			push.NewHTTPPushSender(&push.HTTPSenderConfig{AllowPrivateNetworks: true}),
		),
		a2asrv.WithCallInterceptors(everybody{}),
	)

	listener, err := net.Listen("tcp", grpcAddress)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	a2agrpc.NewHandler(handler).RegisterWith(server)
	go func() { log.Fatal(server.Serve(listener)) }()

	mux := http.NewServeMux()
	mux.Handle("/.well-known/agent-card.json", a2asrv.NewStaticAgentCardHandler(card("Interop", origin, grpcAddress)))
	mux.Handle("/jsonrpc", a2asrv.NewJSONRPCHandler(handler))
	mux.Handle("/rest/", http.StripPrefix("/rest", a2asrv.NewRESTHandler(handler)))
	log.Fatal(http.ListenAndServe(address, mux))
}
