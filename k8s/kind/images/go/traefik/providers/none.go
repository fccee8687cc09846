// Package providers takes the place of each of Traefik's sources of routes that a
// cluster has no use for (see TRAEFIK_UNUSED in programs.sh), and with them of
// the clients of AWS, Docker, Consul and Nomad: minutes of build time. The image
// routes by Ingress, by its own resources, the Gateway API and files.
package providers

import (
	"errors"

	ptypes "github.com/traefik/paerser/types"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

var errNone = errors.New("this build has no such provider")

// Provider can only say that it is none.
type Provider struct {
	HTTPClientTimeout ptypes.Duration
	RefreshSeconds    ptypes.Duration
}

// SwarmProvider is Docker's second one.
type SwarmProvider struct{ Provider }

// ProviderBuilder is what the sources with namespaces have.
type ProviderBuilder struct{ Provider }

// Init fails.
func (p *Provider) Init() error { return errNone }

// Provide fails.
func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error { return errNone }

// BuildProviders makes one that fails.
func (p *ProviderBuilder) BuildProviders() []*Provider { return []*Provider{{}} }
