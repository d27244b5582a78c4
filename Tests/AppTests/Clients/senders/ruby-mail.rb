# Ruby's mail, by which Rails sends: ruby-mail.rb plain|starttls|tls PORT [CA]
require "mail"

way, port, ca = ARGV
options = {
  "plain" => { address: "127.0.0.1" },
  "starttls" => { address: "localhost", enable_starttls: true, ca_file: ca },
  "tls" => { address: "localhost", tls: true, ca_file: ca },
}[way]
Mail.defaults { delivery_method :smtp, port: port.to_i, **options }
Mail.deliver do
  from "me@example.org"
  to "you@example.org"
  subject "Hi"
  body "Hello."
end
