package s3sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Start serves s on a free port of the loopback interface, with keep-alive. stop closes every connection and returns
// when the port is free.
func Start(s *Server) (url string, stop func(), err error) { return StartAt(s, "127.0.0.1:0") }

// StartAt is Start on an address of the caller's choice, "127.0.0.1:9000".
func StartAt(s *Server, addr string) (url string, stop func(), err error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("start S3 simulator: %w", err)
	}
	return "http://" + ln.Addr().String(), start(s, ln), nil
}

// Pipe serves s on connections that are made of memory: dial is what an http.Transport takes as DialContext, whatever
// the host of the URL. The whole of net/http is at work, and every fault of the wire; but nothing waits for a kernel,
// so a client and its server can live in the bubble of testing/synctest, where an hour of back-off takes no time.
func Pipe(s *Server) (dial func(ctx context.Context, network, addr string) (net.Conn, error), stop func()) {
	ln := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	return ln.dial, start(s, ln)
}

func start(s *Server, ln net.Listener) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: 30 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // always an error: http.ErrServerClosed after stop
	}()
	return sync.OnceFunc(func() {
		cancel()
		_ = srv.Close()
		<-done
	})
}

// pipeListener hands the far ends of net.Pipe to a server.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	reset := new(atomic.Bool)
	select {
	case l.conns <- &pipeConn{far, reset}:
		return &pipeConn{near, reset}, nil
	case <-l.done:
		return nil, fmt.Errorf("dial S3 simulator: %w", syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "s3sim", Net: "pipe"} }

// pipeConn is one end of a connection. Both ends share the word on whether it was reset.
type pipeConn struct {
	net.Conn
	reset *atomic.Bool
}

// SetLinger is TCP's: with 0, Close resets the connection.
func (c *pipeConn) SetLinger(seconds int) error {
	c.reset.Store(seconds == 0)
	return nil
}

func (c *pipeConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, io.EOF) && c.reset.Load() {
		err = &net.OpError{Op: "read", Net: "pipe", Err: syscall.ECONNRESET}
	}
	return n, err
}
