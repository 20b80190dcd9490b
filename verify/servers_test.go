package verify_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
)

func (s written) with(credentials string) written {
	s.credentials = credentials
	return s
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// exceptMethod gives the requests with a method to another handler.
func exceptMethod(h http.HandlerFunc, method string, other http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method {
			other(w, r)
			return
		}
		h(w, r)
	}
}

// changed changes the header of every answer.
func changed(h http.HandlerFunc, change func(status int, header http.Header)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		h(record, r)
		copyHeader(w.Header(), record.Header())
		change(record.Code, w.Header())
		w.WriteHeader(record.Code)
		if record.Code != http.StatusNotModified && record.Code != http.StatusNoContent {
			_, _ = w.Write(record.Body.Bytes())
		}
	}
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = append([]string(nil), values...)
	}
}

func without(h http.HandlerFunc, name string) http.HandlerFunc {
	return changed(h, func(_ int, header http.Header) { header.Del(name) })
}

// replaced sets a header where there is one.
func replaced(h http.HandlerFunc, name, value string) http.HandlerFunc {
	return changed(h, func(_ int, header http.Header) {
		if header.Get(name) != "" {
			header.Set(name, value)
		}
	})
}

func always(h http.HandlerFunc, name, value string) http.HandlerFunc {
	return changed(h, func(_ int, header http.Header) { header.Set(name, value) })
}

func addsAgain(h http.HandlerFunc) http.HandlerFunc {
	return changed(h, func(_ int, header http.Header) {
		if o := header.Get("Access-Control-Allow-Origin"); o != "" {
			header.Add("Access-Control-Allow-Origin", o)
		}
	})
}

// onlyOn leaves the CORS headers out of answers with other statuses.
func onlyOn(h http.HandlerFunc, has func(status int) bool) http.HandlerFunc {
	return changed(h, func(status int, header http.Header) {
		if !has(status) {
			for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers"} {
				header.Del(name)
			}
		}
	})
}

// cache keeps the answers to GETs by their URL alone.
func cache(h http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	kept := map[string]*httptest.ResponseRecorder{}
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("If-None-Match") != "" {
			h(w, r)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		record := kept[r.URL.String()]
		if record == nil {
			record = httptest.NewRecorder()
			h(record, r)
			kept[r.URL.String()] = record
		}
		copyHeader(w.Header(), record.Header())
		w.WriteHeader(record.Code)
		_, _ = w.Write(record.Body.Bytes())
	}
}
