{{- /* What finds addresses by names. */}}
{{- define "basehub.egress.names" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
{{- end }}

{{- /* Egress that anything may have: names, and the internet but for private ranges and cloud metadata. */}}
{{- define "basehub.egress.internet" -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.169.254/32]
{{ include "basehub.egress.names" . }}
{{- end }}

{{- /* Egress as servers have it, for what people run beside them: a limit that Dask's workers got around would be none. */}}
{{- define "basehub.egress.servers" -}}
{{- $policy := dig "singleuser" "networkPolicy" dict .Values.jupyterhub }}
{{- if or (not $policy.enabled) (dig "egressAllowRules" "nonPrivateIPs" true $policy) }}
{{- include "basehub.egress.internet" . }}
{{- else }}
{{- include "basehub.egress.names" . }}
{{- end }}
{{- if $policy.enabled }}
{{- with $policy.egress }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
GKE gives an identity through its metadata server, which tells a pod nothing but that identity's: needed where
the service account has one. The other address is where the server itself is.
*/}}
{{- define "basehub.egress.identity" -}}
{{- if hasKey (.Values.userServiceAccount.annotations | default dict) "iam.gke.io/gcp-service-account" }}
- to:
    - ipBlock:
        cidr: 169.254.169.254/32
  ports:
    - protocol: TCP
      port: 80
- to:
    - ipBlock:
        cidr: 169.254.169.252/32
  ports:
    - protocol: TCP
      port: 988
{{- end }}
{{- end }}
