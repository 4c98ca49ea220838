package s3sim

import (
	"io"
	"net/http"
	"strconv"
)

// body is what an answer carries.
type body interface {
	io.WriterTo
	size() int64
}

type bytesBody []byte

func (b bytesBody) size() int64 { return int64(len(b)) }

func (b bytesBody) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(b)
	return int64(n), err
}

// deliver answers 200 with the body, unless the fault, which may be nil, has it otherwise.
func (c *call) deliver(f *Fault, contentType string, b body) {
	c.deliverStatus(f, http.StatusOK, contentType, b)
}

func (c *call) deliverStatus(f *Fault, status int, contentType string, b body) {
	h := c.w.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.FormatInt(b.size(), 10)}
	if f != nil && f.Kind.info().send != nil {
		f.Kind.info().send(c, f, status, b)
		return
	}
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = b.WriteTo(c.w) // the client may be gone: there is nobody to tell
	}
}

// flush sends what was written so far.
func (c *call) flush() { _ = http.NewResponseController(c.w).Flush() }

// abort ends the connection where it stands. With reset the client sees RST, else FIN.
func (c *call) abort(reset bool) {
	c.flush()
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if c, ok := conn.(lingerer); ok && reset {
		_ = c.SetLinger(0) // the connection ends either way
	}
	_ = conn.Close()
}

// A lingerer is a connection that can be reset.
type lingerer interface{ SetLinger(seconds int) error }

// firstHalf writes no more than left bytes, then fails.
type firstHalf struct {
	w    io.Writer
	left int64
}

func (h *firstHalf) Write(p []byte) (int, error) {
	cut := p[:min(int64(len(p)), h.left)]
	n, err := h.w.Write(cut)
	h.left -= int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}
