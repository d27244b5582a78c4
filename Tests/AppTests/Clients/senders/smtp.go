// Go's net/smtp: smtp.go plain|starttls|tls PORT [CA]
package main

import (
	"crypto/tls"
	"log"
	"net/smtp"
	"os"
)

var message = []byte("Subject: Hi\r\n\r\nHello.\r\n")

func main() {
	way, port := os.Args[1], os.Args[2]
	if way != "plain" {
		// Whom Go trusts in place of the system's authorities.
		os.Setenv("SSL_CERT_FILE", os.Args[3])
	}
	var err error
	switch way {
	case "plain":
		err = smtp.SendMail("127.0.0.1:"+port, nil, "me@example.org", []string{"you@example.org"}, message)
	case "starttls":
		err = smtp.SendMail("localhost:"+port, nil, "me@example.org", []string{"you@example.org"}, message)
	case "tls":
		err = sendSecured("localhost:" + port)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func sendSecured(address string) error {
	connection, err := tls.Dial("tcp", address, nil)
	if err != nil {
		return err
	}
	client, err := smtp.NewClient(connection, "localhost")
	if err != nil {
		return err
	}
	if err = client.Mail("me@example.org"); err != nil {
		return err
	}
	if err = client.Rcpt("you@example.org"); err != nil {
		return err
	}
	writer, err := client.Data()
	if err != nil {
		return err
	}
	if _, err = writer.Write(message); err != nil {
		return err
	}
	if err = writer.Close(); err != nil {
		return err
	}
	return client.Quit()
}
