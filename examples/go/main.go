// Publishes views in a batch that may be repeated without counting twice, and reads the board. Standard library only.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

type view struct {
	EventID string `json:"eventId"`
	Chain   string `json:"chain"`
	Address string `json:"address"`
	Viewer  string `json:"viewer,omitempty"`
}

type answer struct {
	Rejected []struct {
		Index   int
		Problem struct {
			Status int
			Detail string
		}
	}
}

const tries = 8

var client = &http.Client{Timeout: 10 * time.Second}

func env(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}

// eventID is a random UUID; repeated on every try, it makes the view count once.
func eventID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// publish sends the views until each has its last word.
func publish(url, key string, views []view) (refused int, err error) {
	for try := 0; try < tries && len(views) > 0; try++ {
		got, wait, err := post(url, key, views)
		if err != nil {
			return refused, err
		}
		if got != nil {
			var again []view
			for _, r := range got.Rejected {
				if r.Problem.Status >= 500 {
					again = append(again, views[r.Index])
				} else {
					refused++
				}
			}
			views = again
		}
		if len(views) > 0 {
			time.Sleep(wait)
		}
	}
	if len(views) > 0 {
		return refused, fmt.Errorf("%d views found no taker in %d tries", len(views), tries)
	}
	return refused, nil
}

// post sends one request; no answer and no error mean: try again after the wait.
func post(url, key string, views []view) (*answer, time.Duration, error) {
	body, err := json.Marshal(views)
	if err != nil {
		return nil, 0, err
	}
	request, err := http.NewRequest("POST", url+"/api/v1/views", bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("content-type", "application/json")
	if key != "" {
		request.Header.Set("authorization", "Bearer "+key)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, time.Second, nil
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusAccepted {
		got := new(answer)
		return got, time.Second, json.NewDecoder(response.Body).Decode(got)
	}
	if response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests {
		seconds, err := strconv.Atoi(response.Header.Get("retry-after"))
		if err != nil {
			seconds = 1
		}
		return nil, time.Duration(seconds) * time.Second, nil
	}
	text, _ := io.ReadAll(response.Body)
	return nil, 0, fmt.Errorf("refused: %s %s", response.Status, text)
}

func main() {
	token := env("TOKEN", "eth:0x6982508145454ce325ddbe47a25d4ec3d2311933")
	chain, address, _ := strings.Cut(token, ":")
	var views []view
	for n := range 5 {
		views = append(views, view{eventID(), chain, address, fmt.Sprintf("visitor-%d", n)})
	}
	refused, err := publish(env("PRODUCER_URL", "http://127.0.0.1:3000"), os.Getenv("TRENDING_API_KEY"), views)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("published %d views of %s\n", len(views)-refused, token)

	gateway := env("GATEWAY_URL", "http://127.0.0.1:3002")
	response, err := client.Get(gateway + "/api/v1/tokens/trending?window=5m&formula=views&limit=5")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	var board struct {
		Items []struct {
			Rank, RawViews int
			Token          string
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&board); err != nil {
		log.Fatal(err)
	}
	for _, item := range board.Items {
		fmt.Printf("#%d %s %d views\n", item.Rank, item.Token, item.RawViews)
	}
}
