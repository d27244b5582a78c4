# Ruby's Net::SMTP: net-smtp.rb plain|starttls|tls PORT [CA]
require "net/smtp"

way, port, ca = ARGV
smtp =
  case way
  when "plain" then Net::SMTP.new("127.0.0.1", port)
  when "starttls"
    Net::SMTP.new("localhost", port, starttls: :always, ssl_context_params: { ca_file: ca })
  when "tls" then Net::SMTP.new("localhost", port, tls: true, ssl_context_params: { ca_file: ca })
  end
smtp.start("client.example") do
  smtp.send_message("Subject: Hi\r\n\r\nHello.\r\n", "me@example.org", "you@example.org")
end
