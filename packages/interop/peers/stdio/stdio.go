// Package stdio is the client's side of src/driver.ts: performs what comes in, line by line, side by side.
package stdio

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log"
	"os"
	"sync"
)

// Tell says an event of a stream, before its result.
type Tell func(event any)

// Drive performs each line; describe says what an error tells of itself.
func Drive(perform func(line []byte, tell Tell) (any, error), describe func(error) map[string]any) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := append([]byte(nil), lines.Bytes()...)
		go func() {
			call := Read[struct{ Call int }](line).Call
			result, err := perform(line, func(event any) { say(call, "event", event) })
			if err != nil {
				say(call, "error", describe(err))
			} else {
				say(call, "result", result)
			}
		}()
	}
}

// Follow tells the events of a stream.
func Follow[E any](tell Tell, events iter.Seq2[E, error]) (any, error) {
	for event, err := range events {
		if err != nil {
			return nil, err
		}
		tell(event)
	}
	return nil, nil
}

// Describe is for SDKs that tell errors by what they wrap.
func Describe(err error, reasons map[string]error) map[string]any {
	told := map[string]any{"message": err.Error(), "name": fmt.Sprintf("%T", err)}
	for reason, known := range reasons {
		if errors.Is(err, known) {
			told["reason"] = reason
		}
	}
	return told
}

// Read takes what it knows from a line.
func Read[T any](line []byte) *T {
	read := new(T)
	if err := json.Unmarshal(line, read); err != nil {
		log.Fatal(err)
	}
	return read
}

var out sync.Mutex

// The runner knows an answer by its first key; encoding/json sorts keys, and "call" comes first.
func say(call int, key string, value any) {
	line, err := json.Marshal(map[string]any{"call": call, key: value})
	if err != nil {
		log.Fatal(err)
	}
	out.Lock()
	defer out.Unlock()
	fmt.Println(string(line))
}
