//go:build tools

// Package programs pins, through go.mod and go.sum, the ingress controller.
package programs

import _ "github.com/traefik/traefik/v3/cmd/traefik"
