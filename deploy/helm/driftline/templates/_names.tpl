{{- define "driftline.name" -}}
{{- if contains "driftline" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-driftline" .Release.Name | trunc 52 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "driftline.selector" -}}
app.kubernetes.io/name: driftline
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The service and what runs beside it, but not the setup job. */}}
{{- define "driftline.all" -}}
matchLabels:
  app.kubernetes.io/instance: {{ .Release.Name }}
matchExpressions:
  - key: app.kubernetes.io/name
    operator: In
    values: [driftline, driftline-desired-index, driftline-desired-watch]
{{- end -}}

{{- define "driftline.labels" -}}
{{ include "driftline.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "driftline.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* The configuration without what the service takes while it runs. */}}
{{- define "driftline.restartConfig" -}}
{{- $config := omit .Values.config "log" -}}
{{- with $config.detection -}}
{{- $rest := omit . "trustedPrincipals" -}}
{{- $config = ternary (set $config "detection" $rest) (omit $config "detection") (gt (len $rest) 0) -}}
{{- end -}}
{{- toJson $config -}}
{{- end -}}

{{- define "driftline.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "driftline.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: ['ALL']
{{- end -}}

{{/* `secrets`: existingSecret and files. */}}
{{- define "driftline.env" -}}
# For commands that are run in the pod by hand.
- name: DRIFTLINE_CONFIG_FILE
  value: /etc/driftline/config/driftline.json
- name: DRIFTLINE_HTTP_HOST
  value: 0.0.0.0
- name: DRIFTLINE_HTTP_PORT
  value: '9464'
{{- range $variable, $file := .secrets.files }}
- name: DRIFTLINE_{{ $variable }}
  value: /etc/driftline/secrets/{{ $file }}
{{- end }}
{{- with .root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "driftline.mounts" -}}
- name: config
  mountPath: /etc/driftline/config
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if .root.Values.files }}
- name: files
  mountPath: /etc/driftline/files
  readOnly: true
{{- end }}
{{- if .secrets.existingSecret }}
- name: secrets
  mountPath: /etc/driftline/secrets
  readOnly: true
{{- end }}
{{- end -}}

{{/* `name`: of the ConfigMap; `secrets`. */}}
{{- define "driftline.volumes" -}}
- name: config
  configMap:
    name: {{ .name }}
    items: [{ key: driftline.json, path: driftline.json }]
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- if .root.Values.files }}
- name: files
  configMap:
    name: {{ .name }}
    items:
      {{- range $file, $_text := .root.Values.files }}
      - { key: {{ printf "file-%s" $file | quote }}, path: {{ $file | quote }} }
      {{- end }}
{{- end }}
{{- with .secrets.existingSecret }}
- name: secrets
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/* JSON: what the setup job signs in with. */}}
{{- define "driftline.setupSecrets" -}}
{{- if .Values.setup.secrets.existingSecret }}{{ toJson .Values.setup.secrets }}{{ else }}{{ toJson .Values.secrets }}{{ end -}}
{{- end -}}

{{- define "driftline.configData" -}}
driftline.json: {{ toPrettyJson .Values.config | quote }}
{{- range $file, $text := .Values.files }}
file-{{ $file }}: {{ $text | quote }}
{{- end }}
{{- end -}}
