package integrations

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/corsgen/corsgen/integrations/allgin"
	"github.com/corsgen/corsgen/integrations/gincors"
)

// Use on the engine runs before authentication and for 404 and 405 too.
func Example_gin() {
	r := newGin(gincors.AppGin())
	r.Use(ginAuth)
	r.GET("/things", gin.WrapF(things))
	show(r, "preflight PUT /things", "GET /things", "GET /things with credentials",
		"DELETE /things with credentials", "GET /nowhere with credentials")
	// Output:
	// preflight PUT /things: 204, for https://app.example.com
	// GET /things: 401, for https://app.example.com
	// GET /things with credentials: 200, for https://app.example.com
	// DELETE /things with credentials: 405, for https://app.example.com
	// GET /nowhere with credentials: 404, for https://app.example.com
}

// A group runs its handlers for routes that were found, and there is none for
// OPTIONS. Redirects that gin makes itself run no handlers at all: with
// cors.App(r) around the engine they are within the policy.
func Example_ginGroup() {
	r := gin.New()
	r.RedirectTrailingSlash = true
	r.Group("/group", gincors.AppGin()).GET("/things", gin.WrapF(things))
	show(r, "preflight GET /group/things", "GET /group/things", "GET /group/things/", "GET /group/nowhere")
	show(gincors.App(r), "GET /group/things/")
	// Output:
	// preflight GET /group/things: 404, no CORS headers
	// GET /group/things: 200, for https://app.example.com
	// GET /group/things/: 301, no CORS headers
	// GET /group/nowhere: 404, no CORS headers
	// GET /group/things/: 301, for https://app.example.com
}

func ginAuth(c *gin.Context) {
	if c.GetHeader("Authorization") != token {
		c.AbortWithStatusJSON(http.StatusUnauthorized, gin.H{"error": "who are you?"})
	}
}

// newGin returns an engine with middleware after Recovery.
func newGin(middleware ...gin.HandlerFunc) *gin.Engine {
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(gin.RecoveryWithWriter(io.Discard))
	r.Use(middleware...)
	return r
}

var ginHandlers = map[string]gin.HandlerFunc{
	"/nothing":  func(*gin.Context) {},
	"/status":   func(c *gin.Context) { c.Status(http.StatusTeapot) },
	"/json":     func(c *gin.Context) { c.JSON(http.StatusCreated, gin.H{"a": 1}) },
	"/string":   func(c *gin.Context) { c.String(http.StatusOK, "text") },
	"/error":    func(c *gin.Context) { _ = c.AbortWithError(http.StatusBadGateway, errors.New("down")) },
	"/abort":    func(c *gin.Context) { c.Abort() },
	"/redirect": func(c *gin.Context) { c.Redirect(http.StatusFound, "/json") },
	"/file":     func(c *gin.Context) { c.File("cors.hcl") },
	"/panic":    func(*gin.Context) { panic("a bug") },
	"/late": func(c *gin.Context) {
		c.String(http.StatusOK, "text")
		panic("a bug")
	},
	"/own": func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Writer.Header()["access-control-allow-methods"] = []string{"X"}
		c.Header("Vary", "Accept-Encoding")
		c.String(http.StatusOK, "text")
		c.Header("Vary", "too late")
	},
	"/status-twice": func(c *gin.Context) {
		c.Status(http.StatusNotFound)
		c.Status(http.StatusOK)
		_, _ = c.Writer.WriteString("text")
	},
	"/now": func(c *gin.Context) {
		c.Status(http.StatusAccepted)
		c.Writer.WriteHeaderNow()
		c.Writer.WriteHeaderNow()
		_, _ = c.Writer.Write([]byte("text"))
	},
	"/flush": func(c *gin.Context) {
		c.Writer.Flush()
		_, _ = c.Writer.Write([]byte("text"))
	},
	"/controller": func(c *gin.Context) {
		c.Status(http.StatusAccepted)
		if err := http.NewResponseController(c.Writer).Flush(); err != nil {
			panic(err)
		}
	},
	"/events": func(c *gin.Context) {
		i := 0
		c.Stream(func(io.Writer) bool {
			c.SSEvent("message", i)
			i++
			return i < 3
		})
	},
	"/early-hints": func(c *gin.Context) {
		c.Header("Link", "</style.css>; rel=preload")
		c.Header("Access-Control-Allow-Origin", "*")
		c.Status(http.StatusEarlyHints)
		c.Writer.WriteHeaderNow()
		c.Header("Access-Control-Allow-Origin", "*")
		_, _ = c.Writer.WriteString("text")
	},
	"/facts": func(c *gin.Context) {
		c.Status(http.StatusAccepted)
		before := []any{c.Writer.Status(), c.Writer.Size(), c.Writer.Written(), c.Writer.Pusher() == nil}
		c.Writer.WriteHeaderNow()
		_, _ = c.Writer.Write([]byte("text"))
		c.JSON(http.StatusOK, []any{before, c.Writer.Status(), c.Writer.Size(), c.Writer.Written()})
	},
	"/wrapped": func(c *gin.Context) {
		c.Writer = ginShout{c.Writer} // and left there
		c.String(http.StatusOK, "text")
	},
	"/wrapped-nothing": func(c *gin.Context) {
		c.Writer = ginShout{c.Writer}
		c.Status(http.StatusAccepted)
	},
}

// ginShout is a writer as a middleware makes one.
type ginShout struct{ gin.ResponseWriter }

func (w ginShout) WriteString(s string) (int, error) { return w.ResponseWriter.WriteString(s + "!") }

// TestGin compares the handler with the plain form around the engine, on which
// gin has no influence.
func TestGin(t *testing.T) {
	routes := func(r *gin.Engine) *gin.Engine {
		for path, handler := range ginHandlers {
			r.GET(path, handler)
			r.POST("/again"+path, func(c *gin.Context) {
				c.Request.URL.Path, c.Request.Method = path, http.MethodGet
				r.HandleContext(c)
			})
		}
		return r
	}
	paths := []string{"/nowhere"}
	for path := range ginHandlers {
		paths = append(paths, path, "/again"+path)
	}
	for name, outer := range map[string]gin.HandlerFunc{
		"alone": func(*gin.Context) {},
		"within a writer": func(c *gin.Context) {
			c.Writer = ginShout{c.Writer}
		},
		"recovery": gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) {
			c.Header("Vary", "Accept")
			c.JSON(http.StatusInternalServerError, gin.H{"error": "a bug"})
		}),
		"after an error": func(c *gin.Context) {
			c.Next()
			if len(c.Errors) > 0 && !c.Writer.Written() {
				c.String(-1, c.Errors.String())
			}
		},
	} {
		for _, policy := range []gin.HandlerFunc{gincors.AppGin(), allgin.AppGin()} {
			t.Run(name, func(t *testing.T) {
				same(t, gincors.App(routes(newGin(outer))), routes(newGin(outer, policy)), paths...)
			})
			t.Run(name+" within", func(t *testing.T) {
				same(t, gincors.App(routes(newGin(outer))), routes(newGin(policy, outer)), paths...)
			})
		}
	}
	t.Run("origin gate", func(t *testing.T) {
		same(t, gincors.Socket(routes(newGin())), routes(newGin(gincors.SocketGin())), paths...)
		same(t, gincors.Socket(routes(newGin())), routes(newGin(allgin.SocketGin())), paths...)
	})
}

// TestGinUpgrade opens WebSockets through gin.
func TestGinUpgrade(t *testing.T) {
	for name, handler := range upgraders {
		t.Run(name, func(t *testing.T) {
			r := newGin(gincors.SocketGin())
			r.GET("/", gin.WrapF(handler))
			server := httptest.NewServer(r)
			defer server.Close()
			echoes(t, server.URL, app)
			if status := refused(t, server.URL, "https://evil.example"); status != http.StatusForbidden {
				t.Error(status)
			}
		})
	}
}
